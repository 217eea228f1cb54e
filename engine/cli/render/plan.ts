import type { Decision } from '../../model/decision.ts';
import type { PlanAnswer, PlannedTask, PlanTotal } from '../../model/planning.ts';
import type { Output } from '../console.ts';
import { formatAge, formatBytes, formatCount, formatDuration } from './amounts.ts';
import { describeChanges } from './change.ts';
import { describeFailure } from './failure.ts';
import { listNames } from './summary.ts';
import { composeLine, fitTo, padStartTo, padTo, widthOf, wrapText } from './text.ts';

/** The tasks that a run would touch, in order, and in a line each kind of the others. */
export function renderPlan(answer: PlanAnswer, { paint, size }: Pick<Output, 'paint' | 'size'>, now: number): string {
  const shown = answer.tasks.filter(({ decision }) => decision.kind !== 'reuse');
  const nameWidth = Math.min(36, Math.max(16, ...shown.map(({ task }) => widthOf(task))));
  const times = shown.map(describeTime);
  const timeWidth = Math.max(16, ...times.map(widthOf));
  const lines = shown.map((planned, index) => {
    const cells = [
      { text: padTo(wordFor(planned.decision), 9), paint: planned.decision.kind === 'run' ? paint.green : paint.dim },
      { text: padTo(planned.task, nameWidth) },
      { text: `${padStartTo(times[index] ?? '', timeWidth)}  ` },
      { text: describeReason(planned.decision, now), paint: paint.dim },
    ];
    return composeLine(cells, size().columns).trimEnd();
  });
  if (answer.maybe.length > 0)
    lines.push(`${padTo('perhaps', 9)}${listNames(groupNames(answer.maybe))}, as the choice says`);
  return `${[...lines, ...totalLines(answer, size().columns)].join('\n')}\n`;
}

function wordFor(decision: Decision): string {
  return decision.kind === 'restore' ? 'bring' : decision.kind;
}

function describeReason(decision: Decision, now: number): string {
  switch (decision.kind) {
    case 'run': {
      const { items } = decision;
      const count = items === undefined ? '' : `${items.toMake} of ${formatCount(items.total, 'item')}`;
      return [count, describeChanges(decision.because)].filter((text) => text !== '').join(', ');
    }
    case 'restore':
      return 'from an earlier run';
    case 'keep':
      return `its result of ${formatAge((now - decision.record.startedAt) / 1000)}, by choice`;
    case 'wait':
      return `for ${listNames(groupNames(decision.on))}`;
    case 'fail':
      return describeFailure(decision.failure).title;
    case 'reuse':
      return '';
    default:
      return unknownDecision(decision);
  }
}

/** `48 s`, or `41 to 52 s` where the last runs differed by more than a fifth. */
function describeTime({ decision, expectedSeconds, expectedRange }: PlannedTask): string {
  if (decision.kind === 'restore' || decision.kind === 'keep' || expectedSeconds === undefined) return '';
  const [least, most] = expectedRange ?? [expectedSeconds, expectedSeconds];
  return most - least > 0.2 * most && most >= 1 ? formatRange(least, most) : `~${formatDuration(expectedSeconds)}`;
}

function totalLines({ tasks, total }: PlanAnswer, columns: number): string[] {
  const of = (kind: Decision['kind']) => tasks.filter(({ decision }) => decision.kind === kind);
  const [run, wait, restore, reuse, keep] = [of('run'), of('wait'), of('restore'), of('reuse'), of('keep')];
  if (reuse.length === tasks.length) return [`up to date: ${formatCount(tasks.length, 'task')}, nothing to do`];
  const words = [`${formatCount(run.length, 'task')} to run`];
  if (wait.length > 0) words.push(`${wait.length} waiting for what these give`);
  if (restore.length > 0) words.push(`${restore.length} to bring back`);
  if (keep.length > 0) words.push(`${keep.length} kept by choice`);
  const failing = of('fail').length;
  if (failing > 0) words.push(`${failing} that would fail, as flow why tells`);
  if (reuse.length > 0) words.push(`${reuse.length} up to date`);
  return [words.join(', '), ...timeLines(total, wait.length > 0, columns)];
}

function timeLines(
  { seconds, criticalPath, criticalSeconds, bytes, unknown, jobs }: PlanTotal,
  waits: boolean,
  columns: number,
): string[] {
  const [least, likely, most] = seconds;
  const lines: string[] = [];
  const rest = unknown > 0 ? `${formatCount(unknown, 'task')} that never ran before` : '';
  if (most > 0) {
    const range = most - least > 0.2 * most && most >= 1 ? ` (${formatRange(least, most)})` : '';
    const worst = waits ? ', if all that waits has to run' : '';
    const text = `expected: ${formatDuration(likely)}${range} with ${formatCount(jobs, 'job')}${worst}${rest && `, and ${rest}`}`;
    lines.push(...wrapText(text, columns));
  } else if (rest) {
    lines.push(`expected: nothing is known of ${rest}`);
  }
  if (criticalPath.length > 1 && criticalSeconds >= 1) {
    const path = shortenPath(criticalPath).join(' → ');
    lines.push(fitTo(`longest chain: ${formatDuration(criticalSeconds)}, ${path}`, columns));
  }
  if (bytes > 0) lines.push(`to be written: ${formatBytes(bytes)}`);
  return lines;
}

/** A long chain by its ends. */
function shortenPath(names: readonly string[]): readonly string[] {
  return names.length <= 10 ? names : [...names.slice(0, 5), `(${names.length - 9} more)`, ...names.slice(-4)];
}

function formatRange(least: number, most: number): string {
  const [from, to] = [formatDuration(least), formatDuration(most)];
  const unit = / [a-z]+$/.exec(to)?.[0] ?? '';
  const isSimple = from.split(' ').length === 2 && to.split(' ').length === 2 && from.endsWith(unit);
  return `${isSimple ? from.slice(0, -unit.length) : from} to ${to}`;
}

/** Tasks of one stage as `folds (5 tasks)`. */
function groupNames(names: readonly string[]): string[] {
  const counts = new Map<string, string[]>();
  for (const name of names) {
    const stage = name.split('@')[0] ?? name;
    counts.set(stage, [...(counts.get(stage) ?? []), name]);
  }
  return [...counts].map(([stage, tasks]) =>
    tasks.length === 1 ? (tasks[0] ?? stage) : `${stage} (${formatCount(tasks.length, 'task')})`,
  );
}

function unknownDecision(decision: never): never {
  throw new Error(`A decision of an unknown kind: ${JSON.stringify(decision)}`);
}
