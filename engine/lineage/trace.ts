import type { LineageNode } from '../model/inspection.ts';
import type { ActionKey } from '../model/names.ts';
import type { ActionRecord, InputTrace, KeyMaterial } from '../model/record.ts';

/** Where lineage reads: records by key, and their keys' material. It keeps no book of its own. */
export interface History {
  readonly find: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ActionRecord>>;
  readonly materials: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, KeyMaterial>>;
}

interface Gathered {
  readonly records: Map<ActionKey, ActionRecord>;
  readonly materials: Map<ActionKey, KeyMaterial>;
}

/** The tree of what an output of a record was made from; its leaves are source files. */
export async function traceArtifact(
  record: ActionRecord,
  out: string,
  path: string,
  history: History,
): Promise<LineageNode> {
  const gathered = await gather(record, history);
  return describe({ record, out, path }, gathered, new Map());
}

/** Level by level, so that a deep history costs a look-up a level and not one an artifact. */
async function gather(record: ActionRecord, history: History): Promise<Gathered> {
  const records = new Map([[record.key, record]]);
  const materials = new Map<ActionKey, KeyMaterial>();
  let level: ActionKey[] = [record.key];
  while (level.length > 0) {
    for (const [key, material] of await history.materials(level)) materials.set(key, material);
    const above = new Set<ActionKey>();
    for (const key of level) {
      for (const input of records.get(key)?.inputs ?? []) {
        if (input.made && !records.has(input.made.key)) above.add(input.made.key);
      }
    }
    const found = await history.find([...above]);
    for (const [key, other] of found) records.set(key, other);
    level = [...found.keys()];
  }
  return { records, materials };
}

interface Asked {
  readonly record: ActionRecord;
  readonly out: string;
  readonly path: string;
}

/** Equal artifacts share one node, since a fold's inputs are those of every fold. */
function describe(asked: Asked, gathered: Gathered, known: Map<string, LineageNode>): LineageNode {
  const { record, out, path } = asked;
  const name = `${record.key} ${out}`;
  const same = known.get(name);
  if (same) return same;
  const material = gathered.materials.get(record.key);
  const digest = record.outputs[out]?.digest;
  const node: LineageNode = {
    artifact: path,
    kind: 'artifact',
    ...(digest ? { digest } : {}),
    made: {
      task: record.task,
      key: record.key,
      run: record.run,
      startedAt: record.startedAt,
      seconds: record.seconds,
      host: record.host,
      with: { ...material?.written?.variables, ...material?.with },
      matrix: record.matrix,
      code: material?.code ?? {},
      platform: material?.platform ?? {},
      ...(record.earlier ? { earlier: record.earlier } : {}),
      ...(record.undeclared ? { undeclared: record.undeclared } : {}),
      ...(record.accepted ? { accepted: record.accepted } : {}),
    },
    inputs: record.inputs.map((input) => ({
      name: input.input,
      node: describeInput(input, gathered, known),
      ...(input.made?.kept ? { kept: true } : {}),
    })),
  };
  known.set(name, node);
  return node;
}

function describeInput(input: InputTrace, gathered: Gathered, known: Map<string, LineageNode>): LineageNode {
  const record = input.made && gathered.records.get(input.made.key);
  if (input.made && record) return describe({ record, out: input.made.out, path: input.path }, gathered, known);
  return { artifact: input.path, kind: input.made ? 'artifact' : 'source', digest: input.digest, inputs: [] };
}
