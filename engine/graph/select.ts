/** What the command line asks for, and all that it needs. */
import type { Diagnostic } from '../model/diagnostic.ts';
import type { TaskName } from '../model/names.ts';
import type { TaskGraph } from '../model/task.ts';
import { stagesOf } from './stages.ts';
import { type Found, resolveTarget } from './targets.ts';

export interface Targets {
  /** Each once, in the order asked for. */
  readonly tasks: readonly TaskName[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `STAGE`, `STAGE@2`, `STAGE.OUT` or a path below artifacts/; no text at all means every task. */
export function resolveTargets(graph: TaskGraph, texts: readonly string[]): Targets {
  if (texts.length === 0) return { tasks: [...graph.tasks.keys()], diagnostics: [] };
  const stages = stagesOf(graph);
  const tasks = new Set<TaskName>();
  const diagnostics: Diagnostic[] = [];
  for (const text of texts) {
    const found = text.startsWith('artifacts/') ? resolveView(text, graph) : resolveTarget(text, stages);
    if (found.ok) for (const task of found.tasks) tasks.add(task);
    else {
      const { code, message, hint } = found.fault;
      diagnostics.push({ code, severity: 'error', message, ...(hint !== undefined && { hint }) });
    }
  }
  return { tasks: [...tasks], diagnostics };
}

function resolveView(text: string, graph: TaskGraph): Found {
  const path = text.slice('artifacts/'.length).replace(/\/+$/, '');
  const tasks = [...graph.tasks.values()].filter(({ folder, outs }) => {
    // A folder above tasks means all of them, and a file inside an output the task that made it.
    if (folder === path || folder.startsWith(`${path}/`)) return true;
    return outs.some(({ view }) => path === view || path.startsWith(`${view}/`));
  });
  if (tasks.length > 0) return { ok: true, tasks: tasks.map(({ name }) => name) };
  const message = `no stage makes ${text}`;
  return { ok: false, fault: { code: 'unknown-output', message, hint: 'name a stage, or a path that flow run lists' } };
}

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
