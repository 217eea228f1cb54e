import type { Manifest, ManifestEntry } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';
import { digestPieces, digestText } from './digest.ts';
import { comparePaths, needsByteOrder, placeOf } from './path-order.ts';

export const plainHead = 'flow manifest 1\n';
const headWithIds = 'flow manifest 1 with ids\n';

/** What an empty folder's entry carries as its digest: that of no bytes at all. */
export const emptyDigest = digestText('');

/**
 * A manifest of entries in any order; its digest does not depend on it. Throws where two entries have one path.
 * Entries are all with or all without ids.
 */
export function manifestOf(entries: readonly ManifestEntry[]): Manifest {
  const sorted = inOrder(entries) ? entries : [...entries].sort((a, b) => comparePaths(a.path, b.path));
  let before: string | undefined;
  for (const { path } of sorted) {
    if (path === before) throw twice(path);
    before = path;
  }
  return manifestOfSorted(sorted);
}

/** A manifest of entries that are in order, and of others in any order; throws where two entries have one path. */
export function extendManifest(sorted: readonly ManifestEntry[], more: readonly ManifestEntry[]): Manifest {
  if (sorted.length === 0) return manifestOf(more);
  const all: ManifestEntry[] = [];
  let next = 0;
  for (const entry of [...more].sort((a, b) => comparePaths(a.path, b.path))) {
    const place = placeOf(entry.path, sorted.length, (at) => sorted[at]?.path ?? '');
    while (next < place) all.push(sorted[next++] as ManifestEntry);
    for (const other of [all.at(-1), sorted[next]]) if (other?.path === entry.path) throw twice(entry.path);
    all.push(entry);
  }
  while (next < sorted.length) all.push(sorted[next++] as ManifestEntry);
  return manifestOfSorted(all);
}

function twice(path: string): Error {
  return new Error(`two entries of a manifest have the path ${JSON.stringify(path)}`);
}

function manifestOfSorted(entries: readonly ManifestEntry[]): Manifest {
  const text = manifestText(entries);
  const manifest = { digest: digestText(text), entries };
  texts.set(manifest, text);
  return manifest;
}

/** Made for the digest, and mostly wanted soon after it, to be stored. */
const texts = new WeakMap<Manifest, string>();

export function textOf(manifest: Manifest): string {
  return texts.get(manifest) ?? manifestText(manifest.entries);
}

function inOrder(entries: readonly ManifestEntry[]): boolean {
  let before = '';
  for (const { path } of entries) {
    if (needsByteOrder(path) ? comparePaths(before, path) > 0 : before > path) return false;
    before = path;
  }
  return true;
}

/** Names the same folder without the items' ids: what lies on disk. */
export function treeOf({ digest, entries }: Manifest): Digest {
  if (entries[0]?.id === undefined) return digest;
  return digestLines(plainHead, entries.length, (row) => {
    const { id: _id, ...plain } = entries[row] as ManifestEntry;
    return manifestLine(plain);
  });
}

/**
 * One line an entry: `DIGEST BYTES PATH`, with a tab and the id where there are ids. Backslash, tab and line breaks
 * in paths and ids are escaped. A list of JSON objects would be three times as slow to read back.
 */
export function manifestText(entries: readonly ManifestEntry[]): string {
  const withIds = entries[0]?.id !== undefined;
  const lines: string[] = [withIds ? headWithIds : plainHead];
  for (const entry of entries) {
    if ((entry.id !== undefined) !== withIds)
      throw new Error('a manifest has either ids for all of its entries or for none');
    lines.push(manifestLine(entry));
  }
  return lines.join('');
}

export function manifestLine({ path, digest, bytes, id }: ManifestEntry): string {
  return `${digest} ${bytes} ${escapeText(path)}${id === undefined ? '' : `\t${escapeText(id)}`}\n`;
}

const linesAtOnce = 4096;

/** The digest of a manifest's text that is never whole in memory. */
export function digestLines(head: string, count: number, line: (row: number) => string): Digest {
  return digestPieces(function* pieces() {
    yield head;
    for (let from = 0; from < count; from += linesAtOnce) {
      let piece = '';
      for (let row = from; row < Math.min(count, from + linesAtOnce); row++) piece += line(row);
      yield piece;
    }
  });
}

/** Reads `manifestText` back; undefined where the text is not one. */
export function parseManifest(text: string): Manifest | undefined {
  const withIds = text.startsWith(headWithIds);
  if (!withIds && !text.startsWith(plainHead)) return undefined;
  const lines = text.slice((withIds ? headWithIds : plainHead).length).split('\n');
  if (lines.pop() !== '') return undefined;
  const entries: ManifestEntry[] = [];
  for (const line of lines) {
    const entry = parseLine(line, withIds);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return { digest: digestText(text), entries };
}

function parseLine(line: string, withIds: boolean): ManifestEntry | undefined {
  const space = line.indexOf(' ', 65);
  const digest = line.slice(0, 64);
  const bytes = Number(line.slice(65, space));
  // Which digits a digest has need not be asked for each of a million lines: their text was compared with its name.
  if (space < 0 || line.charCodeAt(64) !== 32 || !Number.isSafeInteger(bytes)) return undefined;
  if (!withIds) return { path: unescapeText(line.slice(space + 1)), digest: digest as Digest, bytes };
  const tab = line.indexOf('\t', space);
  if (tab < 0) return undefined;
  return {
    path: unescapeText(line.slice(space + 1, tab)),
    digest: digest as Digest,
    bytes,
    id: unescapeText(line.slice(tab + 1)),
  };
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const unescapes: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\t': '\t' };

function escapeText(text: string): string {
  return !/[\\\n\r\t]/.test(text) ? text : text.replace(/[\\\n\r\t]/g, (character) => escapes[character] ?? character);
}

function unescapeText(text: string): string {
  return text.includes('\\') ? text.replace(/\\./g, (pair) => unescapes[pair] ?? pair) : text;
}
