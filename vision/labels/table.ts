import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

/** One row of a CSV file, with where it stands, for messages. */
export interface Row {
  readonly line: number;
  /** The row's value in a column that the header is known to have. */
  readonly get: (column: string) => string;
}

export interface Table {
  readonly path: string;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

/**
 * Reads a CSV file with a header line (RFC 4180; a byte order mark, CRLF and empty lines do not count).
 * Throws a sentence that names the file and what is wrong where a wanted column is missing or a row has another length.
 */
export async function readTable(path: string, columns: readonly string[]): Promise<Table> {
  const text = await readFile(path, 'utf8');
  const [first, ...others] = parseRecords(path, text);
  const header = first?.record ?? [];
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    const found = header.length > 0 ? `'${header.join(',')}'` : 'nothing';
    throw new Error(`${path}: its first line must name ${columns.join(', ')}; it says ${found}.`);
  }
  const places = new Map(header.map((column, place) => [column, place]));
  const rows = others.map(({ record, line }) => ({
    line,
    get: (column: string): string => record[places.get(column) ?? -1] ?? '',
  }));
  return { path, header, rows };
}

interface ParsedRecord {
  readonly record: string[];
  readonly line: number;
}

function parseRecords(path: string, text: string): ParsedRecord[] {
  try {
    const parsed: unknown = parse(text, { bom: true, info: true, skip_empty_lines: true });
    return (parsed as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}

export type Value = string | number;

/** Writes a header line and rows, with LF, quoted where RFC 4180 asks for it. */
export async function writeTable(
  path: string,
  header: readonly string[],
  rows: Iterable<readonly Value[]>,
): Promise<void> {
  await writeFile(path, stringify([header, ...rows] as Value[][]));
}

/** A number's text, short, and exact enough to be the same 32-bit float when read again. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(9)));
}

/** A row's value as a number; throws a sentence that names the place where it is none. */
export function numberIn(table: Table, row: Row, column: string): number {
  const text = row.get(column);
  const value = Number(text);
  if (text === '' || !Number.isFinite(value)) {
    throw new Error(`${table.path}:${row.line}: '${text}' in column ${column} is not a number.`);
  }
  return value;
}

/** A row's value as one of `allowed`; throws a sentence that names the place and them where it is none. */
export function choiceIn<T extends string>(table: Table, row: Row, column: string, allowed: readonly T[]): T {
  const text = row.get(column);
  const found = allowed.find((value) => value === text);
  if (found === undefined) {
    const names = allowed.map((value) => (value === '' ? 'nothing' : value)).join(', ');
    throw new Error(`${table.path}:${row.line}: column ${column} holds '${text}'; it may hold ${names}.`);
  }
  return found;
}
