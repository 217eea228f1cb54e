import { resolveTargets } from '../graph/select.ts';
import { traceArtifact } from '../lineage/trace.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { LineageNode } from '../model/project.ts';
import type { TaskNode, TaskOut } from '../model/task.ts';
import { refuseErrors, type Session } from './session.ts';

/** What an artifact was made from: of what artifacts/ shows, else of the newest record. */
export async function lineage(session: Session, artifact: string): Promise<LineageNode> {
  const { task, out } = findOutput(session, artifact);
  const shown = (await session.store.view()).get(task.name)?.record;
  const record = shown ?? (await session.store.history(task.name))[0];
  if (record === undefined) {
    const message = `${task.name} has never been made`;
    throw new DiagnosticError([
      { code: 'never-made', severity: 'error', message, hint: `flow run ${task.name} makes it` },
    ]);
  }
  return traceArtifact(record, out.name, `artifacts/${out.view}`, session.store);
}

/** The one output that a reference or a path below artifacts/ means. */
export function findOutput(session: Session, artifact: string): { task: TaskNode; out: TaskOut } {
  const { tasks, diagnostics } = resolveTargets(session.graph, [artifact]);
  refuseErrors(diagnostics);
  const found = tasks.flatMap((name) => {
    const task = session.graph.tasks.get(name) as TaskNode;
    return task.outs.filter((out) => isMeant(artifact, task, out)).map((out) => ({ task, out }));
  });
  const [only] = found;
  if (found.length === 1 && only) return only;
  const names = found.map(({ task, out }) => (out.name === 'out' ? task.name : `${task.name}.${out.name}`));
  const message = `'${artifact}' means ${found.length} artifacts`;
  throw new DiagnosticError([{ code: 'ambiguous', severity: 'error', message, hint: `name one: ${names.join(', ')}` }]);
}

function isMeant(artifact: string, task: TaskNode, out: TaskOut): boolean {
  if (artifact.startsWith('artifacts/')) {
    const path = artifact.slice('artifacts/'.length).replace(/\/+$/, '');
    return path === out.view || path.startsWith(`${out.view}/`) || out.view.startsWith(`${path}/`);
  }
  const named = task.outs.some((other) => artifact.endsWith(`.${other.name}`));
  return !named || artifact.endsWith(`.${out.name}`);
}
