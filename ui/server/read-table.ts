import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Refusal } from './request.ts';

export interface TableAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Bytes; a longer table would be slow to send and to draw. */
const longest = 50_000_000;

/** A CSV file, or a JSON list of flat objects, as a table of texts; `name` is what it is called where it is none. */
export function readTable(path: string, name: string): TableAnswer {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Refusal(404, `${name} is not there.`);
  if (!stats.isFile()) throw new Refusal(415, `${name} is a folder, and no table.`);
  if (stats.size > longest) throw new Refusal(413, `${name} is too long to be shown.`);
  const text = readFileSync(path, 'utf8');
  try {
    return extname(path) === '.csv' ? fromCsv(text) : fromJson(JSON.parse(text));
  } catch (error) {
    throw new Refusal(415, `${name} is no table: ${(error as Error).message}`);
  }
}

function fromCsv(text: string): TableAnswer {
  const [columns = [], ...rows] = parse(text, { bom: true, relaxColumnCount: true }) as string[][];
  return { columns, rows };
}

function fromJson(value: unknown): TableAnswer {
  if (!Array.isArray(value)) throw new Error('it is not a list');
  const objects = value as readonly Readonly<Record<string, unknown>>[];
  const columns = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  return { columns, rows: objects.map((object) => columns.map((column) => String(object[column] ?? ''))) };
}
