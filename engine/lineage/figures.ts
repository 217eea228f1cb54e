import type { OutputRecord } from '../model/artifact.ts';
import type { Digest, Json } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import { isObject } from './tables.ts';

/** The figures of a record's JSON outputs, by `output.path`; what is not there has none. */
export async function readFigures(
  record: ActionRecord,
  metrics: Readonly<Record<string, readonly string[]>>,
  readText: (digest: Digest) => Promise<string | undefined>,
): Promise<Record<string, Json>> {
  const figures: Record<string, Json> = {};
  for (const [out, paths] of Object.entries(metrics)) {
    const output: OutputRecord | null | undefined = record.outputs[out];
    const text = output?.kind === 'file' ? await readText(output.digest) : undefined;
    for (const path of text === undefined ? [] : paths) {
      const value = valueAt(text as string, path);
      if (value !== undefined) figures[`${out}.${path}`] = value;
    }
  }
  return figures;
}

function valueAt(text: string, path: string): Json | undefined {
  try {
    let value: Json | undefined = JSON.parse(text);
    for (const name of path.split('.')) value = isObject(value) ? value[name] : undefined;
    return value;
  } catch {
    return undefined;
  }
}
