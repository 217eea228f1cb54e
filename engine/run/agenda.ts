import type { TaskName } from '../model/names.ts';
import type { TaskGraph } from '../model/task.ts';

/** Which wanted tasks can be looked at, which wait for others; grows when a choice asks for more tasks. */
export interface Agenda {
  /** Adds tasks with all that they need. */
  readonly want: (tasks: readonly TaskName[]) => void;
  /** The next task in the pipeline's order of which all that it needs is done; it is not given again until `waitFor`. */
  readonly next: () => TaskName | undefined;
  /** The task turned out to need more; it comes again when these are done. Gives what is blocked by earlier failures. */
  readonly waitFor: (task: TaskName, others: readonly TaskName[]) => readonly Blocked[];
  readonly done: (task: TaskName) => void;
  /** The task failed: every wanted task below it is blocked. */
  readonly fail: (task: TaskName) => readonly Blocked[];
  readonly wanted: () => number;
  /** All that the task had to wait for so far. */
  readonly waitedFor: (task: TaskName) => readonly TaskName[];
}

/** A task that cannot run, and the failed ones that it rests on. */
export interface Blocked {
  readonly task: TaskName;
  readonly by: readonly TaskName[];
}

export function createAgenda(graph: TaskGraph): Agenda {
  const rank = new Map([...graph.tasks.keys()].map((task, index) => [task, index]));
  const wanted = new Set<TaskName>();
  const finished = new Set<TaskName>();
  const failed = new Set<TaskName>();
  const blocked = new Map<TaskName, readonly TaskName[]>();
  /** What a task waited for beside its needs: what a choice asked for, or what the choice that asked for it was read from. */
  const beside = new Map<TaskName, readonly TaskName[]>();
  /** What a task still waits for, and who waits for a task. */
  const missing = new Map<TaskName, Set<TaskName>>();
  const waiting = new Map<TaskName, Set<TaskName>>();
  const ready = createHeap(rank);

  function require(task: TaskName, needs: readonly TaskName[]): void {
    const open = new Set(needs.filter((need) => !finished.has(need)));
    missing.set(task, open);
    for (const need of open) {
      const waiters = waiting.get(need) ?? new Set();
      waiters.add(task);
      waiting.set(need, waiters);
    }
    if (open.size === 0) ready.push(task);
  }

  /** Gives the tasks that are wanted from now on. */
  function want(tasks: readonly TaskName[]): TaskName[] {
    const added: TaskName[] = [];
    const stack = [...tasks];
    for (let task = stack.pop(); task !== undefined; task = stack.pop()) {
      if (wanted.has(task)) continue;
      wanted.add(task);
      added.push(task);
      const needs = graph.needs.get(task) ?? [];
      stack.push(...needs);
      require(task, needs);
    }
    return added.sort(byRank);
  }

  function byRank(a: TaskName, b: TaskName): number {
    return (rank.get(a) ?? 0) - (rank.get(b) ?? 0);
  }

  /** The failed tasks behind what a task needs. */
  function failedBehind(needs: readonly TaskName[]): TaskName[] {
    return [...new Set(needs.flatMap((need) => (failed.has(need) ? [need] : (blocked.get(need) ?? []))))];
  }

  function blockIfLost(task: TaskName, needs: readonly TaskName[]): Blocked[] {
    const by = failedBehind(needs);
    if (by.length === 0) return [];
    blocked.set(task, by);
    return [{ task, by }];
  }

  function fail(task: TaskName): Blocked[] {
    failed.add(task);
    const stopped: Blocked[] = [];
    const stack = [task];
    for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
      for (const waiter of waiting.get(current) ?? []) {
        if (blocked.has(waiter) || failed.has(waiter)) continue;
        blocked.set(waiter, [task]);
        stopped.push({ task: waiter, by: [task] });
        stack.push(waiter);
      }
    }
    return stopped.sort((a, b) => byRank(a.task, b.task));
  }

  return {
    want: (tasks) => void want(tasks),
    fail,
    next: () => {
      for (let task = ready.pop(); task !== undefined; task = ready.pop()) if (!blocked.has(task)) return task;
      return undefined;
    },
    waitFor(task, others) {
      const added = want(others);
      beside.set(task, [...(beside.get(task) ?? []), ...others]);
      for (const other of added) beside.set(other, graph.needs.get(task) ?? []);
      require(task, others);
      // One of them, or what it rests on, may have failed before anybody waited for it.
      const lost = added.flatMap((other) => blockIfLost(other, graph.needs.get(other) ?? []));
      return [...lost, ...blockIfLost(task, others)];
    },
    done(task) {
      finished.add(task);
      for (const waiter of waiting.get(task) ?? []) {
        const open = missing.get(waiter);
        if (open?.delete(task) && open.size === 0) ready.push(waiter);
      }
      waiting.delete(task);
    },
    wanted: () => wanted.size,
    waitedFor: (task) => [...(graph.needs.get(task) ?? []), ...(beside.get(task) ?? [])],
  };
}

/** A binary heap by rank, since a stage of 10,000 tasks makes a sorted list too slow. */
function createHeap(rank: ReadonlyMap<TaskName, number>) {
  const heap: TaskName[] = [];
  const order = (index: number) => rank.get(heap[index] as TaskName) ?? 0;
  const swap = (a: number, b: number) => {
    const held = heap[a] as TaskName;
    heap[a] = heap[b] as TaskName;
    heap[b] = held;
  };
  return {
    push(task: TaskName): void {
      heap.push(task);
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1;
        if (order(parent) <= order(child)) break;
        swap(parent, child);
        child = parent;
      }
    },
    pop(): TaskName | undefined {
      const top = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return top;
      heap[0] = last;
      for (let parent = 0; ; ) {
        let least = parent;
        for (const child of [2 * parent + 1, 2 * parent + 2]) {
          if (child < heap.length && order(child) < order(least)) least = child;
        }
        if (least === parent) return top;
        swap(parent, least);
        parent = least;
      }
    },
  };
}
