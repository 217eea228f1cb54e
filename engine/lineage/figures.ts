import type { Digest, Json } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import { isObject } from './tables.ts';

type Metrics = Readonly<Record<string, readonly string[]>>;

/** The outputs of a record that hold its figures. */
export function figuresIn({ outputs }: ActionRecord, metrics: Metrics): Digest[] {
  return Object.keys(metrics).flatMap((out) => (outputs[out]?.kind === 'file' ? outputs[out].digest : []));
}

/** The figures of a record's JSON outputs, by `output.path`; what is not there has none. */
export function readFigures(
  record: ActionRecord,
  metrics: Metrics,
  texts: ReadonlyMap<Digest, string>,
): Record<string, Json> {
  const figures: Record<string, Json> = {};
  for (const [out, paths] of Object.entries(metrics)) {
    const output = record.outputs[out];
    const text = output?.kind === 'file' ? texts.get(output.digest) : undefined;
    const whole = text === undefined ? undefined : parse(text);
    for (const path of whole === undefined ? [] : paths) {
      const value = valueAt(whole, path);
      if (value !== undefined) figures[`${out}.${path}`] = value;
    }
  }
  return figures;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function valueAt(whole: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce((value, name) => (isObject(value) ? value[name] : undefined), whole);
}
