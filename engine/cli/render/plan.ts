import type { Decision } from '../../model/decision.ts';
import type { PlanAnswer, PlannedTask } from '../../model/project.ts';
import type { Output } from '../console.ts';
import { formatCount, formatDuration } from './amounts.ts';
import { describeChanges } from './change.ts';
import { listNames } from './summary.ts';
import { composeLine, padStartTo, padTo, widthOf } from './text.ts';

/** The tasks that a run would touch, in order, and in a line each kind of the others. */
export function renderPlan(answer: PlanAnswer, { paint, size }: Pick<Output, 'paint' | 'size'>): string {
  const shown = answer.tasks.filter(({ decision }) => decision.kind !== 'reuse');
  const nameWidth = Math.min(36, Math.max(16, ...shown.map(({ task }) => widthOf(task))));
  const lines = shown.map((planned) => {
    const seconds = planned.decision.kind === 'restore' ? undefined : planned.expectedSeconds;
    const cells = [
      { text: padTo(wordFor(planned.decision), 9), paint: planned.decision.kind === 'run' ? paint.green : paint.dim },
      { text: padTo(planned.task, nameWidth) },
      { text: `${padStartTo(seconds === undefined ? '' : `~${formatDuration(seconds)}`, 12)}  ` },
      { text: describeReason(planned.decision), paint: paint.dim },
    ];
    return composeLine(cells, size().columns).trimEnd();
  });
  if (answer.maybe.length > 0)
    lines.push(`${padTo('perhaps', 9)}${listNames(groupNames(answer.maybe))}, as the choice says`);
  return `${[...lines, ...totalLines(answer)].join('\n')}\n`;
}

function wordFor(decision: Decision): string {
  return decision.kind === 'restore' ? 'bring' : decision.kind;
}

function describeReason(decision: Decision): string {
  switch (decision.kind) {
    case 'run': {
      const { items } = decision;
      const count = items === undefined ? '' : `${items.toMake} of ${formatCount(items.total, 'item')}`;
      return [count, describeChanges(decision.because)].filter((text) => text !== '').join(', ');
    }
    case 'restore':
      return 'from an earlier run';
    case 'wait':
      return `for ${listNames(groupNames(decision.on))}`;
    case 'blocked':
      return `by ${listNames(decision.by)}`;
    case 'reuse':
      return '';
    default:
      return unknownDecision(decision);
  }
}

function totalLines({ tasks }: PlanAnswer): string[] {
  const of = (kind: Decision['kind']) => tasks.filter(({ decision }) => decision.kind === kind);
  const [run, wait, restore, reuse] = [of('run'), of('wait'), of('restore'), of('reuse')];
  if (run.length + wait.length + restore.length === 0)
    return [`up to date: ${formatCount(tasks.length, 'task')}, nothing to do`];
  const words = [`${formatCount(run.length, 'task')} to run`];
  if (wait.length > 0) words.push(`${wait.length} waiting for what these give`);
  if (restore.length > 0) words.push(`${restore.length} to bring back`);
  if (reuse.length > 0) words.push(`${reuse.length} up to date`);
  return [words.join(', '), ...timeLine(run, wait)];
}

/** Work, not wall time: how much runs side by side is the scheduler's to decide. */
function timeLine(run: readonly PlannedTask[], wait: readonly PlannedTask[]): string[] {
  const sure = sumSeconds(run);
  const worst = sure.seconds + sumSeconds(wait).seconds;
  const unknown = sure.unknown + sumSeconds(wait).unknown;
  if (worst === 0) return [];
  const range =
    worst > sure.seconds ? `${formatDuration(sure.seconds)} to ${formatDuration(worst)}` : formatDuration(worst);
  const rest = unknown > 0 ? `, and ${formatCount(unknown, 'task')} that never ran before` : '';
  return [`expected work: ${range}${rest}`];
}

function sumSeconds(tasks: readonly PlannedTask[]): { seconds: number; unknown: number } {
  let seconds = 0;
  let unknown = 0;
  for (const { expectedSeconds } of tasks) {
    if (expectedSeconds === undefined) unknown++;
    else seconds += expectedSeconds;
  }
  return { seconds, unknown };
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
