import type { Manifest, OutputRecord } from '../model/artifact.ts';
import type { ActionKey, Digest, Json, JsonObject } from '../model/names.ts';
import type { RowFile, RowNode } from '../model/provenance.ts';
import type { ActionRecord, InputTrace } from '../model/record.ts';
import { kinOf, readTable, stemOf } from './tables.ts';

/** Where the way of one row is read from: records, the objects they name, and what pipeline.yaml says of `rows`. */
export interface RowHistory {
  readonly find: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ActionRecord>>;
  readonly readText: (digest: Digest) => Promise<string | undefined>;
  readonly readManifest: (digest: Digest) => Promise<Manifest | undefined>;
  /** The column that identifies a row of an output, or `stem`. */
  readonly rows: (record: ActionRecord, out: string) => string | undefined;
  /** Where an output lies, for the ending of its name. */
  readonly pathOf: (record: ActionRecord, out: string) => string;
}

/** A JSON file of at most so many bytes is told with its contents. */
const smallEnough = 4_000;

/** Follows one row, item or file from output to output: whatever holds its name is told, everything else by its digest. */
export function createRowTracer(history: RowHistory) {
  const nodes = new Map<string, Promise<RowNode | undefined>>();
  const tables = new Map<Digest, Promise<readonly JsonObject[] | undefined>>();
  const manifests = new Map<Digest, Promise<Manifest | undefined>>();

  const remember = <K, T>(known: Map<K, Promise<T>>, key: K, make: () => Promise<T>): Promise<T> => {
    const value = known.get(key) ?? make();
    known.set(key, value);
    return value;
  };
  const tableOf = (digest: Digest, path: string) =>
    remember(tables, digest, async () => {
      const text = await history.readText(digest);
      return text === undefined ? undefined : readTable(text, path);
    });
  const manifestOf = (digest: Digest) => remember(manifests, digest, () => history.readManifest(digest));

  /** The node of what an output holds of the row; undefined where it holds nothing of it. */
  function traceOutput(record: ActionRecord, out: string, id: string): Promise<RowNode | undefined> {
    return remember(nodes, `${record.key} ${out} ${id}`, async () => {
      const part = await partOf(record, out, id);
      if (!part) return undefined;
      const beside = await besides(record, out, part.id);
      const inputs = await Promise.all(record.inputs.map((input) => traceInput(input, part.id)));
      return {
        artifact: history.pathOf(record, out),
        kind: 'artifact',
        ...part.held,
        made: madeOf(record, out),
        ...(beside.length > 0 ? { beside } : {}),
        inputs,
      };
    });
  }

  interface Part {
    readonly id: string;
    readonly held: Pick<RowNode, 'file' | 'rows' | 'kin'>;
  }

  /** What an output itself holds of the row, with the name that the row has there. */
  async function partOf(record: ActionRecord, out: string, id: string): Promise<Part | undefined> {
    const output = record.outputs[out];
    if (!output) return undefined;
    const column = history.rows(record, out);
    if (output.kind !== 'file') {
      const found = await entryOf(output.digest, id, column === 'stem');
      return found && { id: found.id, held: { file: found.file } };
    }
    if (column === undefined) return undefined;
    const table = await tableOf(output.digest, history.pathOf(record, out));
    const rows = table?.filter((row) => isNamed(row[column], id)) ?? [];
    if (!table || rows.length === 0) return undefined;
    const kin = kinOf(rows, table);
    return { id, held: { rows, ...(kin.length > 0 ? { kin } : {}) } };
  }

  async function entryOf(digest: Digest, id: string, byStem: boolean) {
    const manifest = await manifestOf(digest);
    const entries = manifest?.entries ?? [];
    const nameOf = (entry: (typeof entries)[number]) => entry.id ?? entry.path;
    // Behind a list of folders an item's name begins with its folder's, which the folder itself does not know.
    const names = [id, id.slice(id.indexOf('/') + 1)];
    const entry =
      entries.find((candidate) => nameOf(candidate) === names[0]) ??
      entries.find((candidate) => byStem && [stemOf(id), id].includes(stemOf(candidate.path))) ??
      entries.find((candidate) => nameOf(candidate) === names[1]);
    return entry && { id: nameOf(entry), file: await fileOf(entry) };
  }

  async function fileOf({ path, digest, bytes }: Manifest['entries'][number]): Promise<RowFile> {
    const text = /\.json$/i.test(path) && bytes <= smallEnough ? await history.readText(digest) : undefined;
    const value = text === undefined ? undefined : parseJson(text);
    return { path, digest, bytes, ...(value === undefined ? {} : { value }) };
  }

  /** What was made with it: other files of the same item, other outputs of the same task. */
  async function besides(record: ActionRecord, out: string, id: string): Promise<NonNullable<RowNode['beside']>> {
    // What else a task made along with a whole folder has nothing to do with one file of it.
    if (record.outputs[out]?.kind === 'folder') return [];
    const others = Object.entries(record.outputs).filter(([name, output]) => name !== out && output !== null);
    const told = await Promise.all(
      others.map(async ([name, output]) => {
        const { kind, digest, bytes } = output as OutputRecord;
        if (kind === 'file') return [{ out: name, digest, bytes }];
        const found = kind === 'items' ? await entryOf(digest, id, false) : undefined;
        return found ? [{ out: name, digest: found.file.digest, bytes: found.file.bytes, file: found.file }] : [];
      }),
    );
    return told.flat();
  }

  async function traceInput(trace: InputTrace, id: string): Promise<RowNode['inputs'][number]> {
    const record = trace.made && (await history.find([trace.made.key])).get(trace.made.key);
    const whole: RowNode = {
      artifact: trace.path,
      kind: trace.made ? 'artifact' : 'source',
      whole: trace.digest,
      ...(record && trace.made ? { made: madeOf(record, trace.made.out) } : {}),
      inputs: [],
    };
    if (trace.made)
      return { name: trace.input, node: (record && (await traceOutput(record, trace.made.out, id))) ?? whole };
    const found = await entryOf(trace.digest, id, false);
    const isFile = trace.path === id || trace.path.endsWith(`/${id}`);
    if (found)
      return { name: trace.input, node: { artifact: trace.path, kind: 'source', file: found.file, inputs: [] } };
    return { name: trace.input, node: isFile ? { ...whole, rows: [] } : whole };
  }

  /** Rows of an output that name it in whatever column, such as photos that were made of it. */
  async function mentionsIn(record: ActionRecord, out: string, id: string) {
    const output = record.outputs[out];
    const column = history.rows(record, out);
    if (output?.kind !== 'file' || column === undefined) return [];
    const table = (await tableOf(output.digest, history.pathOf(record, out))) ?? [];
    return table.filter((row) => Object.entries(row).some(([name, cell]) => name !== column && cell === id));
  }

  /** Names of an output's rows, items or files. */
  async function namesIn(record: ActionRecord, out: string): Promise<readonly string[]> {
    const output = record.outputs[out];
    if (!output) return [];
    if (output.kind !== 'file')
      return ((await manifestOf(output.digest))?.entries ?? []).map(({ id, path }) => id ?? path);
    const column = history.rows(record, out);
    const table = column === undefined ? undefined : await tableOf(output.digest, history.pathOf(record, out));
    return (table ?? []).map((row) => String(row[column ?? '']));
  }

  return { traceOutput, partOf, entryOf, mentionsIn, namesIn };
}

export function madeOf(record: ActionRecord, out: string): NonNullable<RowNode['made']> {
  const { key, task, run, startedAt, seconds, matrix } = record;
  return { task, out, key, run, startedAt, seconds, matrix };
}

function isNamed(cell: Json | undefined, id: string): boolean {
  return (typeof cell === 'string' || typeof cell === 'number') && String(cell) === id;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
