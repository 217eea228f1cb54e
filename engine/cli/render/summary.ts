import type { RunSummary } from '../../model/event.ts';
import type { TaskName } from '../../model/names.ts';
import { formatCount, formatDuration } from './amounts.ts';
import type { Paint } from './paint.ts';

export interface SummaryOptions {
  /** As they were given; empty for the pipeline's default. */
  readonly targets: readonly string[];
  readonly failed: readonly TaskName[];
  readonly blocked: readonly TaskName[];
  /** By a person's choice. */
  readonly kept: readonly TaskName[];
  readonly paint: Paint;
}

/** The last line or two of a run: what ran, what was reused, and the time that this saved. */
export function renderSummary(summary: RunSummary, options: SummaryOptions): string {
  const { paint } = options;
  const name = nameTargets(options.targets);
  const verb = options.targets.length > 1 ? 'are' : 'is';
  const total = summary.ran + summary.reused + summary.restored + summary.kept;
  const kept = options.kept.length > 0 ? `kept by choice: ${listNames(options.kept)}\n` : '';
  const time = formatDuration(summary.seconds);
  switch (summary.outcome) {
    case 'done': {
      if (summary.ran > 0)
        return `${paint.green(`${name} ${verb} done`)}: ${counts(summary)}; ${timeWords(summary)}\n${kept}`;
      const verdict = summary.kept > 0 ? 'done' : 'up to date';
      const restored = summary.restored > 0 ? `${summary.restored} brought back from earlier runs` : 'nothing to do';
      return `${paint.green(`${name} ${verb} ${verdict}`)}: ${formatCount(total, 'task')}, ${restored} (${timeWords(summary)})\n${kept}`;
    }
    case 'failed': {
      const failed = options.failed.length > 0 ? `: ${listNames(options.failed)} failed` : '';
      const lines = [`${paint.red(`${name} ${verb} not done${failed}`)}; ${timeWords(summary)}`];
      if (options.blocked.length > 0) lines.push(`not run because of that: ${listNames(options.blocked)}`);
      if (total > 0) lines.push(`${counts(summary)}; what is finished is kept`);
      return `${lines.join('\n')}\n`;
    }
    case 'interrupted':
      return `${paint.yellow('interrupted')}: ${counts(summary)}; what is finished is kept (${time})\n`;
    default:
      return unknownOutcome(summary.outcome);
  }
}

function counts({ ran, reused, restored, kept }: RunSummary): string {
  const words = [`${formatCount(ran, 'task')} ran`];
  if (reused > 0) words.push(`${reused} reused`);
  if (restored > 0) words.push(`${restored} brought back from earlier runs`);
  if (kept > 0) words.push(`${kept} kept by choice`);
  return words.join(', ');
}

function timeWords({ seconds, savedSeconds }: RunSummary): string {
  const saved = savedSeconds >= 1 ? `, saved ${formatDuration(savedSeconds)}` : '';
  return `${formatDuration(seconds)}${saved}`;
}

/** `folds@0, folds@1 and 3 more`. */
export function listNames(names: readonly string[], most = 4): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

function nameTargets(targets: readonly string[]): string {
  return targets.length === 0 ? 'The pipeline' : listNames(targets, 3);
}

function unknownOutcome(outcome: never): never {
  throw new Error(`An outcome of an unknown kind: ${JSON.stringify(outcome)}`);
}
