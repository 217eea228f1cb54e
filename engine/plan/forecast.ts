import type { Decision } from '../model/decision.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';

/** Records that a forecast looks back on: enough to even out noise, few enough to follow a change of machine. */
const remembered = 5;

/**
 * Seconds that a decision will probably cost: the median of the task's last runs.
 * For an item stage the seconds of its own items, so that a run which made few says little of one that makes all.
 */
export function expectSeconds(
  task: TaskNode,
  decision: Decision,
  history: readonly ActionRecord[],
): number | undefined {
  if (decision.kind === 'reuse' || decision.kind === 'restore') return 0;
  const runs = history.filter((record) => record.items === undefined || record.items.made > 0).slice(0, remembered);
  if (runs.length === 0) return undefined;
  if (!task.each) return median(runs.map((record) => record.seconds));
  const perItem = median(runs.map((record) => record.seconds / (record.items?.made ?? 1)));
  const items = decision.kind === 'run' ? decision.items?.toMake : undefined;
  return items === undefined ? undefined : perItem * items;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
