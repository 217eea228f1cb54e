import type { TaskName } from '../model/names.ts';
import type { Resources } from '../model/spec.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { createAgenda } from './agenda.ts';
import { type Capacity, createBudget } from './budget.ts';

export interface ForetellRequest {
  readonly graph: TaskGraph;
  readonly capacity: Capacity;
  /** Tasks that will run with the work that each is, in seconds; every other one is taken as done. */
  readonly work: ReadonlyMap<TaskName, number>;
  /** What a task needs beside what the graph says: tasks that an `only` choice asked for. */
  readonly more?: ReadonlyMap<TaskName, readonly TaskName[]>;
}

export interface Foretold {
  /** Wall time in seconds. */
  readonly seconds: number;
  /** The chain that takes longest even where everything else runs beside it. */
  readonly criticalPath: readonly TaskName[];
  readonly criticalSeconds: number;
}

/** Plays a run on paper, with the scheduler's own agenda and budget, so that it keeps to what the scheduler would do. */
export function foretell({ graph, capacity, work, more }: ForetellRequest): Foretold {
  const needs = needsAmong(graph, work, more);
  const agenda = createAgenda({ ...graph, needs });
  const budget = createBudget(capacity);
  agenda.want([...work.keys()]);
  const ready: TaskNode[] = [];
  /** Those before it have begun; ten thousand tasks that wait for a core are not looked at whenever one ends. */
  let begun = 0;
  let running: { readonly task: TaskName; readonly end: number; readonly held: readonly Resources[] }[] = [];
  let now = 0;
  for (;;) {
    for (let name = agenda.next(); name !== undefined; name = agenda.next())
      ready.push(graph.tasks.get(name) as TaskNode);
    const waiting: TaskNode[] = [];
    let next = begun;
    // Every task takes a slot, as the scheduler has it.
    for (; next < ready.length && budget.freeCpu() >= 1; next += 1) {
      const task = ready[next] as TaskNode;
      const demand = task.resources;
      if (!budget.take(demand)) {
        waiting.push(task);
        continue;
      }
      const held = [demand];
      // Items spread over what is free, as the scheduler has it.
      const another = { ...demand, locks: [] };
      if (task.each) while (budget.take(another)) held.push(another);
      running.push({ task: task.name, end: now + (work.get(task.name) ?? 0) / held.length, held });
    }
    begun = next - waiting.length;
    for (const [index, task] of waiting.entries()) ready[begun + index] = task;
    const [first] = running.toSorted((one, other) => one.end - other.end);
    if (first === undefined) break;
    now = first.end;
    first.held.forEach(budget.give);
    running = running.filter((other) => other !== first);
    agenda.done(first.task);
  }
  return { seconds: now, ...longestChain({ graph, capacity, work }, needs) };
}

/** A task between two that run is passed over: it is done, and what stands behind it need not wait. */
function needsAmong(
  graph: TaskGraph,
  work: ForetellRequest['work'],
  more: ForetellRequest['more'],
): TaskGraph['needs'] {
  const needs = new Map<TaskName, readonly TaskName[]>();
  for (const name of graph.tasks.keys()) {
    const all = [...(graph.needs.get(name) ?? []), ...(more?.get(name) ?? [])];
    needs.set(name, work.has(name) ? [...new Set(all)].filter((need) => work.has(need)) : []);
  }
  return needs;
}

function longestChain({ graph, capacity, work }: ForetellRequest, needs: TaskGraph['needs']) {
  const before = new Map<TaskName, { readonly seconds: number; readonly via: TaskName | undefined }>();
  let last: TaskName | undefined;
  // Tasks stand behind those they need.
  for (const [name, task] of graph.tasks) {
    if (!work.has(name)) continue;
    let via: TaskName | undefined;
    for (const need of needs.get(name) ?? []) {
      if (via === undefined || (before.get(need)?.seconds ?? 0) > (before.get(via)?.seconds ?? 0)) via = need;
    }
    const workers = task.each ? Math.max(1, Math.floor(capacity.cpu / Math.min(task.resources.cpu, capacity.cpu))) : 1;
    const own = (work.get(name) ?? 0) / workers;
    const seconds = own + (via === undefined ? 0 : (before.get(via)?.seconds ?? 0));
    before.set(name, { seconds, via });
    if (last === undefined || seconds > (before.get(last)?.seconds ?? 0)) last = name;
  }
  const criticalPath: TaskName[] = [];
  for (let name = last; name !== undefined; name = before.get(name)?.via) criticalPath.unshift(name);
  return { criticalPath, criticalSeconds: last === undefined ? 0 : (before.get(last)?.seconds ?? 0) };
}
