import type { RowNode } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { createConsumers } from './consumers.ts';
import type { createRowTracer } from './rows.ts';

export interface DescentRequest {
  readonly tracer: ReturnType<typeof createRowTracer>;
  /** Of all that may have been made of it. */
  readonly records: readonly ActionRecord[];
  /** Where an output lies. */
  readonly pathOf: (record: ActionRecord, out: string) => string;
}

type Below = RowNode['inputs'];

/**
 * What was made from one row, item or file: the outputs that hold its name, or name it in another column, and those on
 * the way to them. Under `inputs` of each node stand its readers.
 */
export function createDescent({ tracer, records, pathOf }: DescentRequest) {
  const consumersOf = createConsumers(records);
  const nodes = new Map<string, Promise<RowNode | undefined>>();

  /** What the outputs of a task hold of it, each under the name of the input by which the task read it. */
  async function madeBy(record: ActionRecord, input: string, id: string): Promise<Below> {
    const made: Below[number][] = [];
    for (const out of Object.keys(record.outputs)) {
      const node = await descend(record, out, id);
      if (node) made.push({ name: input, node });
    }
    return made;
  }

  function descend(record: ActionRecord, out: string, id: string): Promise<RowNode | undefined> {
    const name = `${record.key} ${out} ${id}`;
    const known = nodes.get(name) ?? describe(record, out, id);
    nodes.set(name, known);
    return known;
  }

  async function describe(record: ActionRecord, out: string, id: string): Promise<RowNode | undefined> {
    const output = record.outputs[out];
    if (!output) return undefined;
    const part = (await tracer.partOf(record, out, id)) ?? (await namedIn(record, out, id));
    const inputs = await readBy(record, out, part?.id ?? id);
    if (part === undefined && inputs.length === 0) return undefined;
    const { key, task, run, startedAt, seconds, matrix } = record;
    return {
      artifact: pathOf(record, out),
      kind: 'artifact',
      ...(part?.held ?? { whole: output.digest }),
      made: { task, out, key, run, startedAt, seconds, matrix },
      inputs,
    };
  }

  async function namedIn(record: ActionRecord, out: string, id: string) {
    const rows = await tracer.mentionsIn(record, out, id);
    return rows.length > 0 ? { id, held: { rows } } : undefined;
  }

  /** What was made of what an output holds of it. */
  async function readBy(record: ActionRecord, out: string, id: string): Promise<Below> {
    const made: Below[number][] = [];
    for (const reader of consumersOf(record.key, out)) made.push(...(await madeBy(reader.record, reader.input, id)));
    return made;
  }

  return { madeBy, readBy };
}
