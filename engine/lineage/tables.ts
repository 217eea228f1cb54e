import { parse } from 'csv-parse/sync';
import type { Json, JsonObject } from '../model/names.ts';

/**
 * The rows of a table by its file's ending: CSV and TSV with a head, JSON Lines, JSON (a list of objects, or an object of
 * objects by their names, whose name is then the column `key`). Undefined where the text is no table.
 */
export function readTable(text: string, path: string): readonly JsonObject[] | undefined {
  try {
    if (/\.csv$/i.test(path)) return parseSeparated(text, ',');
    if (/\.tsv$/i.test(path)) return parseSeparated(text, '\t');
    if (/\.(jsonl|ndjson)$/i.test(path))
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
        .filter(isObject);
    return /\.json$/i.test(path) ? rowsOf(JSON.parse(text)) : undefined;
  } catch {
    return undefined;
  }
}

function parseSeparated(text: string, delimiter: string): readonly JsonObject[] {
  return parse(text, { columns: true, delimiter, bom: true, relax_column_count: true, skip_empty_lines: true });
}

function rowsOf(value: Json): readonly JsonObject[] | undefined {
  if (Array.isArray(value)) return value.filter(isObject);
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every(([, row]) => isObject(row))
    ? entries.map(([key, row]) => ({ key, ...(row as JsonObject) }))
    : undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Other rows that share a digest with one of these, such as the seat of a group. */
export function kinOf(rows: readonly JsonObject[], table: readonly JsonObject[]): readonly JsonObject[] {
  const digests = new Set(rows.flatMap((row) => Object.values(row).filter(isDigest)));
  if (digests.size === 0) return [];
  return table.filter((row) => !rows.includes(row) && Object.values(row).some((cell) => digests.has(cell as string)));
}

function isDigest(cell: Json): cell is string {
  return typeof cell === 'string' && /^[0-9a-f]{64}$/.test(cell);
}

/** `x` of `calling/x.jpg`, and `calling/x`, are what a column or a person may call its stem. */
export function stemOf(path: string): string {
  return path.replace(/\.[^./]*$/, '');
}
