import type { LineageNode } from '../model/inspection.ts';
import type { ActionRecord } from '../model/record.ts';

export interface Asked {
  readonly record: ActionRecord;
  readonly out: string;
}

/**
 * The tree of what was made from an output; below each node stand those that read it. `nameOf` says what an output is
 * called, since a record of a stage that is gone has no place in artifacts/ any more.
 */
export function traceConsumers(
  { record, out }: Asked,
  history: readonly ActionRecord[],
  nameOf: (record: ActionRecord, out: string) => string,
): LineageNode {
  const consumers = new Map<string, { readonly record: ActionRecord; readonly input: string }[]>();
  const seen = new Set<string>();
  for (const consumer of history) {
    // The newest record of a key stands for all of that key.
    if (seen.has(consumer.key)) continue;
    seen.add(consumer.key);
    for (const { input, made } of consumer.inputs) {
      if (made === undefined) continue;
      const name = `${made.key} ${made.out}`;
      const known = consumers.get(name);
      if (known === undefined) consumers.set(name, [{ record: consumer, input }]);
      else if (!known.some((other) => other.record === consumer)) known.push({ record: consumer, input });
    }
  }
  const nodes = new Map<string, LineageNode>();
  const describe = (maker: ActionRecord, output: string): LineageNode => {
    const name = `${maker.key} ${output}`;
    const known = nodes.get(name);
    if (known) return known;
    const digest = maker.outputs[output]?.digest;
    const inputs = (consumers.get(name) ?? []).flatMap(({ record: consumer, input }) =>
      Object.keys(consumer.outputs)
        .filter((other) => consumer.outputs[other])
        .map((other) => ({ name: input, node: describe(consumer, other) })),
    );
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
  return describe(record, out);
}
