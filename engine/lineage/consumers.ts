import type { LineageNode } from '../model/inspection.ts';
import type { ActionKey } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';

export interface Consumer {
  readonly record: ActionRecord;
  readonly input: string;
}

/** Who read an output, by its record's key; of several records of a key the first one counts. */
export function createConsumers(
  history: readonly ActionRecord[],
): (key: ActionKey, out: string) => readonly Consumer[] {
  const consumers = new Map<string, Consumer[]>();
  const seen = new Set<ActionKey>();
  for (const record of history) {
    if (seen.has(record.key)) continue;
    seen.add(record.key);
    for (const { input, made } of record.inputs) {
      if (made === undefined) continue;
      const name = `${made.key} ${made.out}`;
      const known = consumers.get(name);
      if (known === undefined) consumers.set(name, [{ record, input }]);
      else if (!known.some((other) => other.record === record)) known.push({ record, input });
    }
  }
  return (key, out) => consumers.get(`${key} ${out}`) ?? [];
}

type Describe = (record: ActionRecord, out: string) => LineageNode;

/**
 * The tree of what was made from an output; below each node stand those that read it. `history` has the newest record of
 * a key first; `nameOf` says what an output is called, since a record of a stage that is gone has no place any more.
 */
export function createConsumerTree(
  history: readonly ActionRecord[],
  nameOf: (record: ActionRecord, out: string) => string,
): Describe {
  const consumersOf = createConsumers(history);
  const nodes = new Map<string, LineageNode>();
  const describe: Describe = (maker, output) => {
    const name = `${maker.key} ${output}`;
    const known = nodes.get(name);
    if (known) return known;
    const digest = maker.outputs[output]?.digest;
    const inputs = describeConsumers(consumersOf(maker.key, output), describe);
    const { task, key, run, startedAt, seconds, host, matrix } = maker;
    const node: LineageNode = {
      artifact: nameOf(maker, output),
      kind: 'artifact',
      ...(digest ? { digest } : {}),
      made: { task, key, run, startedAt, seconds, host, with: {}, matrix, code: {}, platform: {} },
      inputs,
    };
    nodes.set(name, node);
    return node;
  };
  return describe;
}

/** Every output of those who read something, under the names of the inputs by which they did. */
export function describeConsumers(consumers: readonly Consumer[], describe: Describe): LineageNode['inputs'] {
  return consumers.flatMap(({ record, input }) =>
    Object.keys(record.outputs)
      .filter((out) => record.outputs[out])
      .map((out) => ({ name: input, node: describe(record, out) })),
  );
}
