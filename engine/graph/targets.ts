/** References of the command line, and of `default:`, to tasks. */
import type { Diagnostic } from '../model/diagnostic.ts';
import type { TaskName } from '../model/names.ts';
import { parseReference } from '../model/reference.ts';
import { suggest } from '../model/similar.ts';
import type { TaskGraph } from '../model/task.ts';
import { chooseTasks, type Fault } from './references.ts';
import { type StageTable, type StageTasks, stagesOf } from './stages.ts';

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

type Found = { readonly ok: true; readonly tasks: readonly TaskName[] } | { readonly ok: false; readonly fault: Fault };

export function resolveTarget(text: string, stages: StageTable): Found {
  const reference = parseReference(text, stages);
  if (reference.kind === 'path') {
    const name = /^[\w-]*/.exec(text)?.[0] || text;
    const message = `there is no stage '${name}'`;
    return { ok: false, fault: { code: 'unknown-stage', message, hint: suggest(name, stages.keys()) } };
  }
  const stage = stages.get(reference.stage) as StageTasks;
  const outs = stage.stage.out.map(({ name }) => name);
  if (reference.out !== undefined && !outs.includes(reference.out)) {
    const message = `'${reference.stage}' has no output '${reference.out}'`;
    return { ok: false, fault: { code: 'unknown-output', message, hint: `its outputs are ${outs.join(', ')}` } };
  }
  return chooseTasks(stage, reference.selectors);
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
