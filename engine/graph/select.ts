import type { TaskName } from '../model/names.ts';
import type { TaskGraph } from '../model/task.ts';

export interface Selection {
  /** The targets and all that they need, each after what it needs. */
  readonly tasks: readonly TaskName[];
  /** What a choice (`only`) may still ask for, with all that this needs; in order, and without `tasks`. */
  readonly maybe: readonly TaskName[];
}

export function selectTasks(graph: TaskGraph, targets: readonly TaskName[]): Selection {
  const surely = reach([targets], [graph.needs]);
  const possibly = reach([[...surely]], [graph.needs, graph.mayNeed]);
  const order = [...graph.tasks.keys()];
  return {
    tasks: order.filter((task) => surely.has(task)),
    maybe: order.filter((task) => possibly.has(task) && !surely.has(task)),
  };
}

type Edges = TaskGraph['needs'];

function reach(starts: readonly (readonly TaskName[])[], edges: readonly Edges[]): Set<TaskName> {
  const reached = new Set<TaskName>();
  // Tasks of a matrix share the arrays of what they need; each array is walked once.
  const walked = new Set<readonly TaskName[]>();
  const pending = [...starts];
  for (let tasks = pending.pop(); tasks; tasks = pending.pop()) {
    if (walked.has(tasks)) continue;
    walked.add(tasks);
    for (const task of tasks) {
      if (reached.has(task)) continue;
      reached.add(task);
      for (const needed of edges) pending.push(needed.get(task) ?? []);
    }
  }
  return reached;
}
