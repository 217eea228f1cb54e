import type { AcceptAnswer, AcceptedTask } from '../../model/project.ts';
import type { Output } from '../console.ts';
import { formatAge, formatCount, formatDuration } from './amounts.ts';
import { describeChanges } from './change.ts';
import { printable } from './text.ts';

/** A line a task: which result stands from now on, and for which change. */
export function renderAccept({ because, tasks }: AcceptAnswer, { paint }: Pick<Output, 'paint'>, now: number): string {
  const lines = tasks.map((task) => describe(task, now));
  if (tasks.some(({ kind }) => kind !== 'known')) {
    lines.push(paint.dim(`because: ${printable(because)}; flow lineage tells it with the results`));
  }
  return `${lines.join('\n')}\n`;
}

function describe({ task, kind, changes, record, items }: AcceptedTask, now: number): string {
  if (kind === 'known') return `${task} is known under its present code; there is nothing to accept`;
  const what = describeChanges(changes, 4);
  const bound = items === undefined ? [] : [formatCount(items, 'item')];
  if (record === undefined) {
    return `${task}: ${bound[0] ?? 'no item'} accepted (${what}); the next run makes those that came or changed`;
  }
  const made = `of ${formatAge((now - record.startedAt) / 1000)}, ${formatDuration(record.seconds)} of work`;
  return `${task}: the result ${[made, ...bound].join(', ')}, is accepted (${what})`;
}
