import { stagesOf } from '../graph/stages.ts';
import { createConsumerTree, describeConsumers } from '../lineage/consumers.ts';
import { createDescent } from '../lineage/descent.ts';
import { madeOf } from '../lineage/rows.ts';
import { type Reader, readersOf, trimPath } from '../lineage/sources.ts';
import { type Diagnostic, DiagnosticError } from '../model/diagnostic.ts';
import type { LineageNode } from '../model/inspection.ts';
import { splitRun } from '../model/names.ts';
import type { RowAnswer, RowNode } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { parseReference } from '../model/reference.ts';
import type { Source } from '../model/task.ts';
import { baseName } from '../plan/material.ts';
import { pathOf, recordsOf, tracerOf } from './lineage.ts';
import type { Session } from './session.ts';

/** What names no stage is a path, as in pipeline.yaml; a word that no stage reads is a stage that is not there. */
function isSource(session: Session, text: string): boolean {
  if (text.startsWith('artifacts/') || parseReference(text, stagesOf(session.graph)).kind !== 'path') return false;
  return text.includes('/') || sourcesOf(session).includes(text);
}

function sourcesOf({ graph }: Session): string[] {
  const sources = [...graph.tasks.values()].flatMap(({ inputs, each }) => [
    ...(each?.sources ?? []),
    ...inputs.flatMap((input): (Source | null)[] => {
      if (input.kind === 'only') return [input.choice];
      return input.kind === 'list' ? [...input.sources] : [input.source];
    }),
  ]);
  const paths = sources.flatMap((source) => (source?.kind === 'path' ? [trimPath(source.path)] : []));
  return [...new Set(paths)];
}

/**
 * Who read a source, and all that was made of it: now, when a run ended, or with `isWhole` in all of history. Of one file
 * in a folder, whatever holds its name. Undefined where the text means no source.
 */
export async function lineageOfSource(
  session: Session,
  text: string,
  isWhole: boolean,
): Promise<LineageNode | RowAnswer | undefined> {
  const { run, reference } = splitRun(text);
  if (!isSource(session, reference)) return undefined;
  const path = trimPath(reference);
  const records = isWhole ? await session.store.history() : await recordsOf(session, run);
  const readers = readersOf(path, records);
  const whole = readers.filter(({ file }) => file === undefined);
  const nameOf = (record: ActionRecord, out: string) => pathOf(session, record, out);
  if (whole.length > 0) {
    const describe = createConsumerTree(records, nameOf);
    const digests = new Set(whole.map(({ digest }) => digest));
    const [digest] = digests;
    const root = { artifact: path, kind: 'source' as const, inputs: describeConsumers(whole, describe) };
    return digest !== undefined && digests.size === 1 ? { ...root, digest } : root;
  }
  const node = await describeFile(session, { readers, records, path });
  if (node) return { id: path, nodes: [node], mentions: [] };
  throw new DiagnosticError([await unread(session, path, readers)]);
}

interface AskedFile {
  readonly readers: readonly Reader[];
  readonly records: readonly ActionRecord[];
  readonly path: string;
}

async function describeFile(session: Session, { readers, records, path }: AskedFile): Promise<RowNode | undefined> {
  const tracer = tracerOf(session);
  const descent = createDescent({ tracer, records, pathOf: (record, out) => pathOf(session, record, out) });
  let file: RowNode['file'];
  let folder = '';
  const inputs: RowNode['inputs'][number][] = [];
  for (const { record, input, digest, source, file: name = '' } of readers) {
    const found = await tracer.entryOf(digest, name, false);
    if (found === undefined || found.file.path !== name) continue;
    file ??= found.file;
    folder = path.slice(0, -name.length - 1);
    // Behind a list of folders an item's name begins with its folder's.
    const made = await descent.madeFrom([{ record, input }], name);
    const listed = made.length > 0 ? made : await descent.madeFrom([{ record, input }], `${baseName(source)}/${name}`);
    inputs.push(...(listed.length > 0 ? listed : readWhole(session, record, input)));
  }
  return file && { artifact: folder, kind: 'source', file, inputs };
}

/** Outputs of a task that read it with all the others, and of which none holds its name. */
function readWhole(session: Session, record: ActionRecord, input: string): RowNode['inputs'] {
  return Object.entries(record.outputs).flatMap(([out, output]) => {
    if (output === null) return [];
    const made = madeOf(record, out);
    const artifact = pathOf(session, record, out);
    return [{ name: input, node: { artifact, kind: 'artifact' as const, whole: output.digest, made, inputs: [] } }];
  });
}

async function unread(session: Session, path: string, [reader]: readonly Reader[]): Promise<Diagnostic> {
  const base = { code: 'unknown-source', severity: 'error' } as const;
  if (reader) {
    const { source, record, digest, file = '' } = reader;
    const entries = (await session.store.readManifest(digest))?.entries ?? [];
    const within = entries.find((entry) => entry.path.startsWith(`${file}/`));
    const message = within
      ? `'${path}' is a folder in ${source}, of which the pipeline knows all or one file`
      : `${source} held no such file as '${path}' when ${record.task} read it`;
    const hint = within
      ? `name one, as in ${path.slice(0, -file.length)}${within.path}`
      : `flow run ${record.task} reads what lies there now`;
    return { ...base, message, hint };
  }
  const sources = sourcesOf(session);
  const some = `${sources.slice(0, 3).join(', ')}${sources.length > 3 ? ', …' : ''}`;
  const hint = sources.length > 0 ? `the pipeline reads ${some}` : 'the pipeline reads no files but its own artifacts';
  return { ...base, message: `no stage has read '${path}'`, hint };
}
