import type { RunEvent } from '../../model/event.ts';
import { formatCount, formatNumber, formatRate, formatSeconds, nounFor } from './amounts.ts';
import { paceOf, type RunningTask } from './board.ts';
import { describeChanges } from './change.ts';
import type { DisplayOptions } from './display.ts';
import { describeFailure } from './failure.ts';
import { printable } from './text.ts';

type Finished = RunEvent & { kind: 'finished' };
type Failed = RunEvent & { kind: 'failed' };

/** What a finished task did and why, in few words: `3 of 240 photos, 1 skipped, size 96 → 224`. */
export function describeFinish(event: Finished, task: RunningTask | undefined): string {
  const words: string[] = [];
  if (event.items) {
    const { made, reused, skipped, ignored } = event.items;
    const unit = task?.progress?.unit ?? 'item';
    words.push(reused > 0 ? `${made} of ${formatCount(made + reused, unit)}` : formatCount(made, unit));
    if (skipped > 0) words.push(`${skipped} skipped`);
    if (ignored > 0) words.push(`${ignored} of another type ignored`);
  }
  const because = describeChanges(task?.because ?? []);
  if (because !== '') words.push(because);
  const isFirst = task?.because.some((change) => change.kind === 'first-run');
  if (event.same && !isFirst) words.push('same result');
  return words.join(', ');
}

const mostSkips = 5;

/** Skipped items with their reasons, the first ones. */
export function describeSkips(event: Finished): string[] {
  const skips = event.skips ?? [];
  const lines = skips.slice(0, mostSkips).map(({ id, reason }) => `skipped ${printable(id)}: ${printable(reason)}`);
  return skips.length > mostSkips ? [...lines, `and ${skips.length - mostSkips} more skipped`] : lines;
}

export interface FailureBlock {
  readonly title: string;
  readonly lines: readonly string[];
}

/** A failure's sentence, and below it what helps to mend it: details, the log's last lines and where the log lies. */
export function describeFailed(event: Failed, options: DisplayOptions): FailureBlock {
  const { paint } = options.output;
  const text = describeFailure(event.failure);
  // Its log is cut by the user's own hand and tells nothing.
  if (event.failure.kind === 'interrupted') return { title: text.title, lines: [] };
  const lines = text.details.map((line) => paint.dim(printable(line)));
  if (text.diagnostics) lines.push(...options.renderDiagnostics(text.diagnostics).trimEnd().split('\n'));
  lines.push(...event.logTail.map((line) => `${paint.dim('│')} ${printable(line)}`));
  if (text.hint) lines.push(paint.cyan(text.hint));
  if (event.logFile !== undefined) lines.push(paint.dim(`the whole log: ${options.nameFile(event.logFile)}`));
  return { title: event.retrying ? `${printable(text.title)}, trying again` : printable(text.title), lines };
}

/** `120 of 240 photos`, then the time left, the rate and the task's own words: what can be said of it now. */
export function describeProgress(task: RunningTask, now: number): string[] {
  const { progress } = task;
  if (progress === undefined) return [];
  const { done, total, unit, note } = progress;
  const pace = paceOf(task, now);
  const words = [`${formatNumber(done)} of ${formatNumber(total)} ${nounFor(total, unit)}`];
  // An estimate that has run out says nothing any more.
  if (pace && pace.secondsLeft >= 0.5) words.push(`${formatSeconds(pace.secondsLeft)} left`);
  if (pace) words.push(formatRate(pace.perSecond, unit));
  if (note) words.push(printable(note));
  return words;
}
