import type { RowNode } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { type Consumer, createConsumers } from './consumers.ts';
import { type createRowTracer, madeOf } from './rows.ts';

export interface DescentRequest {
  readonly tracer: ReturnType<typeof createRowTracer>;
  /** Of all that may have been made of it. */
  readonly records: readonly ActionRecord[];
  /** Where an output lies. */
  readonly pathOf: (record: ActionRecord, out: string) => string;
}

type Below = RowNode['inputs'];

/**
 * What was made from one row, item or file: the outputs that hold its name, or name it in another column. Under `inputs`
 * of each node stand its readers. An output that holds nothing of it is told only where it leads to one that does and that
 * no other way leads to, or where it is all that there is.
 */
export function createDescent({ tracer, records, pathOf }: DescentRequest) {
  const consumersOf = createConsumers(records);
  const parts = new Map<string, ReturnType<typeof partOf>>();
  const nodes = new Map<string, Promise<RowNode | undefined>>();
  const nameOf = ({ record, out, id }: Place) => `${record.key} ${out} ${id}`;

  /** Of what somebody read: what is said of it below, each under the name of the input by which it was read. */
  async function madeFrom(readers: readonly Consumer[], id: string): Promise<Below> {
    const direct = await reach(readers, id);
    return below(readers, id, direct);
  }

  /** Names of outputs that hold it and that are reached by way of such outputs alone. */
  async function reach(readers: readonly Consumer[], id: string): Promise<ReadonlySet<string>> {
    const reached = new Set<string>();
    const open = outputsOf(readers, id);
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const part = await held(place);
      if (part === undefined || reached.has(nameOf(place))) continue;
      reached.add(nameOf(place));
      open.push(...outputsOf(consumersOf(place.record.key, place.out), part.id));
    }
    return reached;
  }

  async function below(readers: readonly Consumer[], id: string, direct: ReadonlySet<string>): Promise<Below> {
    const made: Below[number][] = [];
    for (const { input, ...place } of outputsOf(readers, id)) {
      const node = await remembered(place, direct);
      if (node) made.push({ name: input, node });
    }
    return made;
  }

  function remembered(place: Place, direct: ReadonlySet<string>): Promise<RowNode | undefined> {
    const known = nodes.get(nameOf(place)) ?? describe(place, direct);
    nodes.set(nameOf(place), known);
    return known;
  }

  async function describe(place: Place, direct: ReadonlySet<string>): Promise<RowNode | undefined> {
    const { record, out, id } = place;
    const output = record.outputs[out];
    const part = await held(place);
    const all = await below(consumersOf(record.key, out), part?.id ?? id, direct);
    const inputs = part ? all : all.filter(({ node }) => !leadsBack(node, direct, id));
    if (!output || (part === undefined && inputs.length === 0)) return undefined;
    const artifact = pathOf(record, out);
    return {
      artifact,
      kind: 'artifact',
      ...(part?.held ?? { whole: output.digest }),
      made: madeOf(record, out),
      inputs,
    };
  }

  function leadsBack({ made }: RowNode, direct: ReadonlySet<string>, id: string): boolean {
    return made !== undefined && direct.has(`${made.key} ${made.out} ${id}`);
  }

  function held(place: Place): ReturnType<typeof partOf> {
    const part = parts.get(nameOf(place)) ?? partOf(place);
    parts.set(nameOf(place), part);
    return part;
  }

  async function partOf({ record, out, id }: Place) {
    const part = await tracer.partOf(record, out, id);
    if (part) return part;
    const rows = await tracer.mentionsIn(record, out, id);
    return rows.length > 0 ? { id, held: { rows } } : undefined;
  }

  return {
    madeFrom,
    readBy: (record: ActionRecord, out: string, id: string) => madeFrom(consumersOf(record.key, out), id),
  };
}

interface Place {
  readonly record: ActionRecord;
  readonly out: string;
  readonly id: string;
}

function outputsOf(readers: readonly Consumer[], id: string): (Place & Pick<Consumer, 'input'>)[] {
  return readers.flatMap(({ record, input }) => Object.keys(record.outputs).map((out) => ({ record, out, input, id })));
}
