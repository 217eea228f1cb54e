import type { ActionRecord } from '../model/record.ts';

/** A record as a list in a fixed order, and its outputs as lists: half the bytes of an object, so half the time to read. */
export type CompactRecord = readonly unknown[];

type CompactOutput = readonly [
  name: string,
  kind?: string,
  digest?: string,
  bytes?: number,
  tree?: string,
  count?: number,
];

export function packRecord(record: ActionRecord): CompactRecord {
  const { key, stage, task, matrix, outputs, inputs, run, startedAt, seconds, host, attempts, deterministic } = record;
  const { peakMemory, log, machine, items, skips, accepted, earlier, undeclared } = record;
  const rest = { peakMemory, log, machine, items, skips, accepted, earlier, undeclared };
  const packed = Object.entries(outputs).map(([name, output]): CompactOutput => {
    if (output === null) return [name];
    const { kind, digest, bytes, tree, count } = output;
    return tree === undefined && count === undefined
      ? [name, kind, digest, bytes]
      : [name, kind, digest, bytes, tree, count];
  });
  const traces = inputs.map(({ input, path, digest, made }) =>
    made === undefined ? [input, path, digest] : [input, path, digest, made.task, made.out, made.key, made.kept],
  );
  return [key, stage, task, matrix, packed, traces, run, startedAt, seconds, host, attempts, deterministic, rest];
}

export function unpackRecord(compact: CompactRecord): ActionRecord {
  const [key, stage, task, matrix, packed, traces, run, startedAt, seconds, host, attempts, deterministic, rest] =
    compact;
  const outputs: Record<string, unknown> = {};
  for (const [name, kind, digest, bytes, tree, count] of packed as CompactOutput[]) {
    if (kind === undefined) outputs[name] = null;
    else outputs[name] = { kind, digest, bytes, ...optional('tree', tree), ...optional('count', count) };
  }
  const inputs = (traces as unknown[][]).map(([input, path, digest, from, out, madeKey, kept]) =>
    from === undefined
      ? { input, path, digest }
      : { input, path, digest, made: { task: from, out, key: madeKey, ...optional('kept', kept) } },
  );
  const plain = { key, stage, task, matrix, outputs, inputs, run, startedAt, seconds, host, attempts, deterministic };
  return { ...plain, ...(rest as object) } as unknown as ActionRecord;
}

/** JSON turns what is absent inside a list into null. */
function optional(name: string, value: unknown): object {
  return value === undefined || value === null ? {} : { [name]: value };
}
