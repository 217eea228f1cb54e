/** An order of tasks in which each stands after those it needs, and the cycles that forbid one. No recursion: chains may be long. */
import { Graph } from '@dagrejs/graphlib';
import type { TaskName } from '../model/names.ts';

export interface StageOrder {
  /** In the order of the file, each with its tasks. */
  readonly stages: ReadonlyMap<string, readonly TaskName[]>;
  /** The stages that a stage needs, or may need. */
  readonly neededStages: ReadonlyMap<string, ReadonlySet<string>>;
  /** The tasks that a task needs, or may need; asked only where stages need each other. */
  readonly neededTasks: (task: TaskName) => readonly TaskName[];
}

export interface Ordered {
  readonly order: readonly TaskName[];
  /** One for each knot of stages; the first task stands again at the end. */
  readonly cycles: readonly (readonly TaskName[])[];
}

/**
 * Stages are ordered first, since a matrix may have many more edges than stages have. Only where stages need each
 * other do their tasks decide: `logits@round=1` may feed what `logits@round=2` is made of.
 */
export function orderTasks({ stages, neededStages, neededTasks }: StageOrder): Ordered {
  const graph = new Graph({ directed: true });
  for (const name of stages.keys()) graph.setNode(name);
  for (const [name, others] of neededStages) for (const other of others) graph.setEdge(name, other);
  const order: TaskName[] = [];
  const cycles: (readonly TaskName[])[] = [];
  for (const knot of findKnots(graph)) {
    const tasks = knot.flatMap((name) => stages.get(name) ?? []);
    const [only = ''] = knot;
    if (knot.length === 1 && !graph.hasEdge(only, only)) {
      for (const task of tasks) order.push(task);
      continue;
    }
    const sorted = sortWithin(tasks, neededTasks);
    for (const task of sorted.order) order.push(task);
    if (sorted.cycle) cycles.push(sorted.cycle);
  }
  return { order, cycles };
}

/** Strongly connected stages (Tarjan's algorithm with a stack of its own), each knot after those it needs. */
function findKnots(graph: Graph): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const knots: string[][] = [];
  const lower = (name: string, to: number) => lowest.set(name, Math.min(lowest.get(name) ?? to, to));
  const enter = (name: string) => {
    index.set(name, index.size);
    lower(name, index.size - 1);
    open.push(name);
    isOpen.add(name);
    return { name, rest: (graph.successors(name) ?? []).reverse() };
  };
  for (const start of graph.nodes()) {
    const path = index.has(start) ? [] : [enter(start)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next !== undefined) {
        if (!index.has(next)) path.push(enter(next));
        else if (isOpen.has(next)) lower(top.name, index.get(next) ?? 0);
        continue;
      }
      path.pop();
      const low = lowest.get(top.name) ?? 0;
      const parent = path.at(-1);
      if (parent) lower(parent.name, low);
      if (low !== index.get(top.name)) continue;
      const knot = open.splice(open.lastIndexOf(top.name));
      for (const name of knot) isOpen.delete(name);
      knots.push(knot);
    }
  }
  return knots;
}

function sortWithin(
  tasks: readonly TaskName[],
  neededTasks: StageOrder['neededTasks'],
): { readonly order: readonly TaskName[]; readonly cycle?: readonly TaskName[] } {
  const inside = new Set(tasks);
  const state = new Map<TaskName, 'open' | 'done'>();
  const order: TaskName[] = [];
  let cycle: readonly TaskName[] | undefined;
  const enter = (name: TaskName) => {
    state.set(name, 'open');
    return {
      name,
      rest: neededTasks(name)
        .filter((task) => inside.has(task))
        .reverse(),
    };
  };
  for (const start of tasks) {
    const path = state.has(start) ? [] : [enter(start)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const next = top.rest.pop();
      if (next === undefined) {
        path.pop();
        state.set(top.name, 'done');
        order.push(top.name);
      } else if (!state.has(next)) {
        path.push(enter(next));
      } else if (state.get(next) === 'open') {
        cycle ??= [...path.slice(path.findIndex(({ name }) => name === next)).map(({ name }) => name), next];
      }
    }
  }
  return { order, ...(cycle && { cycle }) };
}
