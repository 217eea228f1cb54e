import type { Manifest, ManifestEntry } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';
import { digestBytes, digestText } from './digest.ts';
import {
  countLines,
  entryAt,
  hasFolders,
  isFolderAt,
  type ManifestLines,
  pathAt,
  readLines,
  totalBytes as sumBytes,
  writeLines,
} from './manifest-lines.ts';
import { comparePaths, needsByteOrder, placeOf } from './path-order.ts';

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
  const writer = writeLines(sorted[0]?.id !== undefined, sorted.length * usualLine);
  for (const entry of sorted) writer.entry(entry);
  return manifestOfLines(writer.finish());
}

/** Bytes that a line mostly needs no more than; an expectation, not a bound. */
const usualLine = 128;

/** Entries become objects when they are asked for: most lists are compared, kept or put together as they are. */
export function manifestOfLines(lines: ManifestLines, digest: Digest = digestBytes(lines.bytes)): Manifest {
  let entries: readonly ManifestEntry[] | undefined;
  const manifest: Manifest = {
    digest,
    get entries() {
      entries ??= Array.from({ length: countLines(lines) }, (_, row) => entryAt(lines, row));
      return entries;
    },
  };
  known.set(manifest, lines);
  return manifest;
}

const known = new WeakMap<Manifest, ManifestLines>();

export function linesOf(manifest: Manifest): ManifestLines {
  const lines = known.get(manifest) ?? linesOf(manifestOf(manifest.entries));
  known.set(manifest, lines);
  return lines;
}

/** Of an object's bytes whose digest is their name; undefined where they are no manifest. */
export function parseManifest(bytes: Buffer): Manifest | undefined {
  const lines = readLines(bytes);
  return lines && manifestOfLines(lines);
}

/** A manifest with more entries, in any order; throws where two entries have one path. */
export function extendManifest(manifest: Manifest, more: readonly ManifestEntry[]): Manifest {
  if (more.length === 0) return manifest;
  const lines = linesOf(manifest);
  const count = countLines(lines);
  if (count === 0) return manifestOf(more);
  const writer = writeLines(lines.withIds, lines.bytes.length + more.length * usualLine);
  let next = 0;
  let before: string | undefined;
  for (const entry of [...more].sort((a, b) => comparePaths(a.path, b.path))) {
    const place = placeInManifest(manifest, entry.path);
    if (entry.path === before || (place < count && pathAt(lines, place) === entry.path)) throw twice(entry.path);
    before = entry.path;
    writer.rows(lines, next, place);
    writer.entry(entry);
    next = place;
  }
  writer.rows(lines, next, count);
  return manifestOfLines(writer.finish());
}

/** A manifest of those rows alone that are wanted; itself where all are. */
export function selectRows(manifest: Manifest, isWanted: (row: number) => boolean): Manifest {
  const lines = linesOf(manifest);
  const count = countLines(lines);
  const writer = writeLines(lines.withIds, lines.bytes.length);
  let from = 0;
  for (let row = 0; row < count; row++) {
    if (isWanted(row)) continue;
    writer.rows(lines, from, row);
    from = row + 1;
  }
  if (from === 0) return manifest;
  writer.rows(lines, from, count);
  const selected = writer.finish();
  // A list of nothing has but one form, with ids or without.
  return countLines(selected) === 0 ? manifestOf([]) : manifestOfLines(selected);
}

/** The files of a folder without its empty folders. */
export function filesOf(manifest: Manifest): Manifest {
  const lines = linesOf(manifest);
  return hasFolders(lines) ? selectRows(manifest, (row) => !isFolderAt(lines, row)) : manifest;
}

export function entryOf(manifest: Manifest, row: number): ManifestEntry {
  return entryAt(linesOf(manifest), row);
}

export function countEntries(manifest: Manifest): number {
  return countLines(linesOf(manifest));
}

export function totalBytes(manifest: Manifest): number {
  return sumBytes(linesOf(manifest));
}

/** The row of the first entry whose path does not come before this one. */
export function placeInManifest(manifest: Manifest, path: string): number {
  const lines = linesOf(manifest);
  return placeOf(path, countLines(lines), (row) => pathAt(lines, row));
}

function twice(path: string): Error {
  return new Error(`two entries of a manifest have the path ${JSON.stringify(path)}`);
}

function inOrder(entries: readonly ManifestEntry[]): boolean {
  let before = '';
  for (const { path } of entries) {
    if (needsByteOrder(path) ? comparePaths(before, path) > 0 : before > path) return false;
    before = path;
  }
  return true;
}

const trees = new WeakMap<Manifest, Manifest>();

/** The same folder without the items' ids: what lies on disk. Rows are the same. */
export function treeOf(manifest: Manifest): Manifest {
  const lines = linesOf(manifest);
  if (!lines.withIds) return manifest;
  let tree = trees.get(manifest);
  if (tree === undefined) {
    const writer = writeLines(false, lines.bytes.length);
    for (let row = 0; row < countLines(lines); row++) writer.plainRow(lines, row);
    tree = manifestOfLines(writer.finish());
    trees.set(manifest, tree);
  }
  return tree;
}
