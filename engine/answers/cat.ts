import { type DiagnosticCode, DiagnosticError } from '../model/diagnostic.ts';
import type { Digest } from '../model/names.ts';
import { splitItem, splitRun } from '../model/names.ts';
import { findMade } from './lineage.ts';
import type { Session } from './session.ts';

/** The bytes of a file artifact, or of one file of a folder, which a path below artifacts/ or `#ITEM` names. */
export async function cat(session: Session, artifact: string): Promise<Uint8Array> {
  const { reference, item } = splitItem(artifact);
  const made = await findMade(session, reference);
  const output = made.record.outputs[made.out];
  if (!output)
    throw refusal('not-written', `${made.path} was not written`, 'it is optional, and its stage left it out');
  const name = item ?? splitRun(reference).reference.slice(made.path.length + 1);
  const digest = output.kind === 'file' ? output.digest : await fileIn(output.digest, name);
  const bytes = await session.store.readBytes(digest);
  if (bytes) return bytes;
  throw refusal('lost', `the contents of ${made.path} are not in the store`, 'flow run makes them again');

  async function fileIn(folder: Digest, wanted: string): Promise<Digest> {
    const entries = (await session.store.readManifest(folder))?.entries ?? [];
    const found = entries.find(({ id, path }) => wanted !== '' && (id === wanted || path === wanted));
    if (found) return found.digest;
    const some = entries.slice(0, 3).map(({ id, path }) => `'${reference}#${id ?? path}'`);
    const message =
      wanted === '' ? `${made.path} is a folder of ${entries.length} files` : `${made.path} holds no '${wanted}'`;
    throw refusal('not-a-file', message, `name one of them, as in ${some.join(', ')}`);
  }
}

function refusal(code: DiagnosticCode, message: string, hint: string): DiagnosticError {
  return new DiagnosticError([{ code, severity: 'error', message, hint }]);
}
