import type { Change, Decision } from '../../model/decision.ts';
import type { WhyAnswer } from '../../model/planning.ts';
import type { Output } from '../console.ts';
import { formatAge, formatCount, formatDuration } from './amounts.ts';
import { explainChange } from './change.ts';
import { describeFailure } from './failure.ts';
import type { Paint } from './paint.ts';
import { describeSettings } from './status.ts';
import { listNames } from './summary.ts';

/** For each task what a run would do with it, and every change since its last record, leaf by leaf. */
export function renderWhy(answers: readonly WhyAnswer[], { paint }: Pick<Output, 'paint'>, now: number): string {
  return groupEqual(answers)
    .map(({ tasks, answer }) => renderAnswer(tasks, answer, { paint, now }))
    .join('');
}

function renderAnswer(
  tasks: readonly string[],
  answer: WhyAnswer,
  { paint, now }: { readonly paint: Paint; readonly now: number },
): string {
  const { against, decision } = answer;
  const words = describeDecision(decision);
  const verb = tasks.length > 1 ? words.replace(/^is /, 'are ').replace(/^was /, 'were ') : words;
  const lines = [`${paint.bold(tasks.join(', '))} ${verb}`];
  if (decision.kind === 'fail') {
    const { details, hint } = describeFailure(decision.failure);
    lines.push(...details.map((line) => `  ${line}`), ...(hint ? [`  ${paint.cyan(hint)}`] : []));
  }
  for (const change of answer.changes) lines.push(...renderChange(change, paint, '  '));
  if (decision.kind === 'run' && answer.changes.length === 0) {
    for (const change of decision.because) lines.push(...renderChange(change, paint, '  '));
  }
  if (answer.settings) {
    const { before, after } = answer.settings;
    const [then, present] = [describeSettings(before) || 'none', describeSettings(after) || 'none'];
    lines.push(paint.dim(`  settings then: ${then}; now: ${present}`));
  }
  if (against) {
    const age = formatAge((now - against.startedAt) / 1000);
    lines.push(paint.dim(`  last run ${age} in ${formatDuration(against.seconds)} (${against.run})`));
  }
  return `${lines.join('\n')}\n`;
}

export function renderChange(change: Change, paint: Paint, indent: string): string[] {
  const mark = change.kind === 'changed' ? '~' : '!';
  const lines = [`${indent}${paint.yellow(mark)} ${explainChange(change)}`];
  const upstream = change.kind === 'changed' ? change.detail?.upstream : undefined;
  if (upstream && upstream.changes.length > 0) {
    lines.push(`${indent}    made by ${upstream.task}, of which`);
    for (const above of upstream.changes) lines.push(...renderChange(above, paint, `${indent}    `));
  }
  return lines;
}

function describeDecision(decision: Decision): string {
  switch (decision.kind) {
    case 'reuse':
      return 'is up to date';
    case 'restore':
      return 'was made before and would be brought back';
    case 'run':
      return decision.items
        ? `would run for ${decision.items.toMake} of ${formatCount(decision.items.total, 'item')}`
        : 'would run';
    case 'keep':
      return 'is kept by choice';
    case 'wait':
      return `waits for ${listNames(decision.on)}: what changes is known when that is done`;
    case 'fail':
      return `would fail: ${describeFailure(decision.failure).title}`;
    default:
      return unknownDecision(decision);
  }
}

/** Tasks of a matrix stage that say the same are said once. */
function groupEqual(answers: readonly WhyAnswer[]): { tasks: string[]; answer: WhyAnswer }[] {
  const groups = new Map<string, { tasks: string[]; answer: WhyAnswer }>();
  for (const answer of answers) {
    const { kind } = answer.decision;
    const said = answer.decision.kind === 'run' ? answer.decision.because : kind;
    const same = JSON.stringify([kind, said, answer.changes, answer.against?.run]);
    const group = groups.get(same);
    if (group) group.tasks.push(answer.task);
    else groups.set(same, { tasks: [answer.task], answer });
  }
  return [...groups.values()];
}

function unknownDecision(decision: never): never {
  throw new Error(`A decision of an unknown kind: ${JSON.stringify(decision)}`);
}
