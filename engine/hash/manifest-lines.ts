import type { ManifestEntry } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';

/**
 * A manifest as it lies on disk: a head and one line an entry, `DIGEST BYTES PATH`, with a tab and the id where there are
 * ids. Backslash, tab and line breaks in paths and ids are escaped. A list of a hundred thousand files is compared, cut and
 * joined as bytes: an object an entry costs ten times as much, and mostly one line is another.
 */
export interface ManifestLines {
  readonly bytes: Buffer;
  readonly withIds: boolean;
  /** Where each line begins, and behind them the end. */
  readonly starts: Int32Array;
}

const plainHead = Buffer.from('flow manifest 1\n');
const headWithIds = Buffer.from('flow manifest 1 with ids\n');
/** A digest and a space. */
const digestLength = 65;
const [space, tab, lineFeed] = [32, 9, 10];
/** Of visible ASCII, without anything that is escaped. */
const plainText = /^[ -[\]-~]*$/;
/** Lines are put together as text, which takes less than half as long as a step a byte; not all, since memory is bounded. */
const textAtOnce = 1 << 16;

export function countLines({ starts }: ManifestLines): number {
  return starts.length - 1;
}

/** Undefined where the bytes are not a manifest. Which digits a digest has need not be asked for each of a million lines. */
export function readLines(bytes: Buffer): ManifestLines | undefined {
  const withIds = beginsWith(bytes, headWithIds);
  if (!withIds && !beginsWith(bytes, plainHead)) return undefined;
  const starts: number[] = [];
  let at = (withIds ? headWithIds : plainHead).length;
  while (at < bytes.length) {
    starts.push(at);
    if (bytes[at + digestLength - 1] !== space) return undefined;
    at += digestLength;
    while (isDigit(bytes[at])) at += 1;
    if (bytes[at] !== space) return undefined;
    // The runtime's own search, since these loops mostly run before they are compiled.
    const end = bytes.indexOf(lineFeed, at);
    if (end < 0 || (withIds && !isTabBefore(bytes, at, end))) return undefined;
    at = end + 1;
  }
  starts.push(at);
  return { bytes, withIds, starts: Int32Array.from(starts) };
}

function beginsWith(bytes: Buffer, head: Buffer): boolean {
  return bytes.subarray(0, head.length).equals(head);
}

function isTabBefore(bytes: Buffer, from: number, end: number): boolean {
  const at = bytes.indexOf(tab, from);
  return at >= 0 && at < end;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

export function pathAt(lines: ManifestLines, row: number): string {
  const from = pathStart(lines, row);
  return unescapeText(lines.bytes.toString('utf8', from, pathEnd(lines, row, from)));
}

export function entryAt(lines: ManifestLines, row: number): ManifestEntry {
  const { bytes, withIds, starts } = lines;
  const start = starts[row] ?? 0;
  const from = pathStart(lines, row);
  const end = pathEnd(lines, row, from);
  const entry = {
    path: unescapeText(bytes.toString('utf8', from, end)),
    digest: bytes.toString('latin1', start, start + digestLength - 1) as Digest,
    bytes: sizeAt(bytes, start + digestLength),
  };
  if (!withIds) return entry;
  return { ...entry, id: unescapeText(bytes.toString('utf8', end + 1, (starts[row + 1] ?? 0) - 1)) };
}

/** Of all entries together. */
export function totalBytes({ bytes, starts }: ManifestLines): number {
  let total = 0;
  for (let row = 0; row < starts.length - 1; row++) total += sizeAt(bytes, (starts[row] ?? 0) + digestLength);
  return total;
}

/** Whether any entry stands for an empty folder. */
export function hasFolders({ bytes, withIds }: ManifestLines): boolean {
  return bytes.includes(withIds ? '/\t' : '/\n');
}

export function isFolderAt(lines: ManifestLines, row: number): boolean {
  return lines.bytes[pathEnd(lines, row, pathStart(lines, row)) - 1] === 47;
}

function sizeAt(bytes: Buffer, at: number): number {
  let size = 0;
  for (let next = at; isDigit(bytes[next]); next++) size = size * 10 + ((bytes[next] ?? 0) - 48);
  return size;
}

function pathStart({ bytes, starts }: ManifestLines, row: number): number {
  let at = (starts[row] ?? 0) + digestLength;
  while (bytes[at] !== space) at += 1;
  return at + 1;
}

function pathEnd({ bytes, withIds, starts }: ManifestLines, row: number, from: number): number {
  return withIds ? bytes.indexOf(tab, from) : (starts[row + 1] ?? 0) - 1;
}

export interface LineWriter {
  readonly entry: (entry: ManifestEntry) => void;
  /** Lines of another manifest, from one row to before another. */
  readonly rows: (lines: ManifestLines, from: number, to: number) => void;
  /** A line of another manifest without its id. */
  readonly plainRow: (lines: ManifestLines, row: number) => void;
  readonly finish: () => ManifestLines;
}

/** Written in order of their paths, whose bytes decide. */
export function writeLines(withIds: boolean, expectedBytes = 1 << 12): LineWriter {
  const head = withIds ? headWithIds : plainHead;
  let bytes = Buffer.allocUnsafeSlow(head.length + expectedBytes);
  let at = head.copy(bytes);
  const starts: number[] = [];
  const make = (room: number) => {
    if (at + room <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, at + room));
    bytes.copy(larger, 0, 0, at);
    bytes = larger;
  };
  let waiting = '';
  const flush = () => {
    // A unit of UTF-16 has at most three bytes in UTF-8.
    make(3 * waiting.length);
    at += bytes.write(waiting, at);
    waiting = '';
  };
  return {
    entry: ({ path, digest, bytes: size, id }) => {
      if ((id !== undefined) !== withIds)
        throw new Error('a manifest has either ids for all of its entries or for none');
      const isPlain = plainText.test(path) && (id === undefined || plainText.test(id));
      const written = isPlain ? path : escapeText(path);
      const end = id === undefined ? '' : `\t${isPlain ? id : escapeText(id)}`;
      starts.push(at + waiting.length);
      waiting += `${digest} ${size} ${written}${end}\n`;
      // Where a character may be several bytes, the length of the text no longer tells where the next line begins.
      if (!isPlain || waiting.length > textAtOnce) flush();
    },
    rows: (lines, from, to) => {
      flush();
      const [begin = 0, end = 0] = [lines.starts[from], lines.starts[to]];
      make(end - begin);
      for (let row = from; row < to; row++) starts.push((lines.starts[row] ?? 0) - begin + at);
      at += lines.bytes.copy(bytes, at, begin, end);
    },
    plainRow: (lines, row) => {
      flush();
      const begin = lines.starts[row] ?? 0;
      const end = pathEnd(lines, row, pathStart(lines, row));
      make(end - begin + 1);
      starts.push(at);
      at += lines.bytes.copy(bytes, at, begin, end);
      bytes[at++] = lineFeed;
    },
    finish: () => {
      flush();
      starts.push(at);
      return { bytes: bytes.subarray(0, at), withIds, starts: Int32Array.from(starts) };
    },
  };
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const unescapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\t': '\t' };

function escapeText(text: string): string {
  return text.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? character);
}

function unescapeText(text: string): string {
  return text.includes('\\') ? text.replace(/\\./g, (pair) => unescapes[pair] ?? pair) : text;
}
