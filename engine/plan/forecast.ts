import type { Decision } from '../model/decision.ts';
import type { StageName, TaskName } from '../model/names.ts';
import type { PlannedTask } from '../model/planning.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';

/** Records that a forecast looks back on: enough to even out noise, few enough to follow a change of machine. */
const remembered = 5;
/** Records among which so many are looked for: those of item stages that made nothing say nothing. */
export const lookedAt = 50;

type Cost = Pick<PlannedTask, 'expectedSeconds' | 'expectedRange' | 'expectedBytes'>;
type History = (task: TaskName) => Promise<readonly ActionRecord[]>;

/**
 * What a decision will probably cost, by the median of the task's last runs, or of another task of its stage where it
 * has none. Of an item stage by its own items, so that a run which made few says little of one that makes all.
 */
export async function expectCost(
  task: TaskNode,
  decision: Decision,
  history: History,
  graph: TaskGraph,
): Promise<Cost> {
  if (decision.kind === 'reuse' || decision.kind === 'keep') return { expectedSeconds: 0 };
  if (decision.kind === 'restore') return { expectedSeconds: 0, expectedBytes: bytesOf(decision.record) };
  if (decision.kind === 'fail') return {};
  const runs = await lastRuns(task, history, graph);
  const [newest] = runs;
  if (newest === undefined) return {};
  const bytes = median(runs.map(bytesOf));
  if (!task.each)
    return {
      ...spread(
        runs.map(({ seconds }) => seconds),
        1,
      ),
      expectedBytes: bytes,
    };
  const total = newest.items === undefined ? 0 : newest.items.made + newest.items.reused;
  // While it waits, all items of the last time have to be expected.
  const items = decision.kind === 'run' ? decision.items : { toMake: total, total };
  if (items === undefined) return {};
  const perItem = runs.flatMap(({ seconds, items }) => (items && items.made > 0 ? [seconds / items.made] : []));
  // Known items cost no work, but the files of all lie in the folder: only those that are new are written.
  const share = total === 0 ? 1 : items.toMake / total;
  return {
    ...(perItem.length > 0 || items.toMake === 0 ? spread(perItem, items.toMake) : {}),
    expectedBytes: Math.round(bytes * share),
  };
}

async function lastRuns(task: TaskNode, history: History, graph: TaskGraph): Promise<readonly ActionRecord[]> {
  const own = await history(task.name);
  const useful = (records: readonly ActionRecord[]) =>
    records.filter(({ items }) => items === undefined || items.made > 0).slice(0, remembered);
  if (own.length > 0) return useful(own).length > 0 ? useful(own) : own.slice(0, 1);
  const known = runsOfStages.get(history) ?? new Map<StageName, Promise<readonly ActionRecord[]>>();
  runsOfStages.set(history, known);
  const found =
    known.get(task.stage.name) ?? firstRuns(task.stage.name, graph, async (name) => useful(await history(name)));
  known.set(task.stage.name, found);
  return found;
}

/** What a stage's tasks that never ran are judged by: found once for all of them, since a matrix may have thousands. */
const runsOfStages = new WeakMap<History, Map<StageName, Promise<readonly ActionRecord[]>>>();

async function firstRuns(stage: StageName, graph: TaskGraph, runsOf: History): Promise<readonly ActionRecord[]> {
  for (const name of tasksOf(stage, graph)) {
    const runs = await runsOf(name);
    if (runs.length > 0) return runs;
  }
  return [];
}

const tasksOfStages = new WeakMap<TaskGraph, Map<StageName, TaskName[]>>();

function tasksOf(stage: StageName, graph: TaskGraph): readonly TaskName[] {
  const known = tasksOfStages.get(graph) ?? new Map<StageName, TaskName[]>();
  if (known.size === 0) {
    for (const { name, stage: own } of graph.tasks.values()) {
      const names = known.get(own.name);
      if (names) names.push(name);
      else known.set(own.name, [name]);
    }
    tasksOfStages.set(graph, known);
  }
  return known.get(stage) ?? [];
}

function spread(values: readonly number[], factor: number): Cost {
  if (values.length === 0) return { expectedSeconds: 0 };
  const range = [factor * Math.min(...values), factor * Math.max(...values)] as const;
  return { expectedSeconds: factor * median(values), expectedRange: range };
}

function bytesOf({ outputs }: ActionRecord): number {
  return Object.values(outputs).reduce((sum, output) => sum + (output?.bytes ?? 0), 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
