/** JSON values in the index, each with a check of its bytes: SQLite notices damaged pages only where they do not fit together. */
import { crc32 } from 'node:zlib';

export const checkOf = (text: string | Uint8Array): number => crc32(text);

/**
 * A value and its check, in two columns of a row. As bytes: the library ends the process over a text that is not UTF-8,
 * and only the check says that it is.
 */
export const oneValue = 'CAST(value AS BLOB), CAST(checked AS INTEGER)';

/** All values and their checks as one row, since handing over a row costs more than reading it. */
export const allValues = (order = '') =>
  `CAST(group_concat(value, char(44, 10) ${order}) AS BLOB), group_concat(CAST(checked AS INTEGER), ',' ${order})`;

export type OneValue = readonly [Uint8Array | null, number | null];
export type AllValues = readonly [Uint8Array | null, string | null];

/** With SQLite's own code for what it cannot read. */
export function damagedIndex(cause?: unknown): Error {
  return Object.assign(new Error('the index is damaged', { cause }), { code: 'SQLITE_CORRUPT' });
}

export function readValue<T>([bytes, check]: OneValue): T {
  if (bytes === null || checkOf(bytes) !== check) throw damagedIndex();
  return JSON.parse(Buffer.from(bytes).toString());
}

export function readValues<T>([joined, checks]: AllValues): T[] {
  const expected: number[] = JSON.parse(`[${checks ?? ''}]`);
  const bytes = Buffer.from(joined ?? []);
  let at = 0;
  for (const check of expected) {
    // A value has no line break of its own, JSON writes it as two characters.
    const comma = bytes.indexOf(',\n', at);
    const end = comma === -1 ? bytes.length : comma;
    if (checkOf(bytes.subarray(at, end)) !== check) throw damagedIndex();
    at = end + 2;
  }
  if (expected.length > 0 && at !== bytes.length + 2) throw damagedIndex();
  return JSON.parse(`[${bytes.toString()}]`);
}
