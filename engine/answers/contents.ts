import { DiagnosticError } from '../model/diagnostic.ts';
import type { ContentsAnswer } from '../model/inspection.ts';
import { findOutput } from './lineage.ts';
import type { Session } from './session.ts';

/** The files of an artifact as artifacts/ shows it: one of a file, all of a folder, with the ids of items. */
export async function contents(session: Session, artifact: string): Promise<ContentsAnswer> {
  const { task, out } = findOutput(session, artifact);
  const record = (await session.store.view()).get(task.name)?.record;
  const output = record?.outputs[out.name];
  if (!output) {
    const message = `artifacts/ shows nothing of ${task.name}`;
    throw new DiagnosticError([
      { code: 'not-shown', severity: 'error', message, hint: `flow run ${task.name} makes it` },
    ]);
  }
  const answer = { task: task.name, out: out.name, view: out.view, kind: output.kind, digest: output.digest };
  if (output.kind === 'file') return { ...answer, entries: [{ path: '', bytes: output.bytes }] };
  const manifest = await session.store.readManifest(output.digest);
  const entries = (manifest?.entries ?? []).map(({ path, bytes, id }) => ({ path, bytes, ...(id ? { id } : {}) }));
  return { ...answer, entries };
}
