import { rowsIn } from '../hash/path-order.ts';

/** A folder's files with their stats, as a walk found them; columns instead of objects, since a folder may hold a million. */
export interface Listing {
  /** Relative to the folder, in byte order. */
  readonly paths: readonly string[];
  /** Four numbers a file: bytes, mtime, ctime, inode. */
  readonly stats: Float64Array;
  /** Every folder walked, '' the first; an unchanged folder holds the same names, so that it need not be read again. */
  readonly folders: readonly string[];
  /** Four numbers a folder: whether its stat was settled when it was read (1 or 0), mtime, ctime, inode. */
  readonly folderStats: Float64Array;
  /** Folders without anything in them, as the manifest names them: `a/b/`. */
  readonly empties: readonly string[];
}

export const columns = 4;

export function rowEquals(a: Float64Array, rowA: number, b: Float64Array, rowB: number): boolean {
  const left = rowA * columns;
  const right = rowB * columns;
  return (
    a[left + 2] === b[right + 2] && a[left + 1] === b[right + 1] && a[left] === b[right] && a[left + 3] === b[right + 3]
  );
}

export function totalBytes(stats: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < stats.length; at += columns) sum += stats[at] ?? 0;
  return sum;
}

export interface ListingDifference {
  readonly path: string;
  /** Rows; -1 where it is not there. */
  readonly before: number;
  readonly after: number;
}

/** Files that differ between two listings of one folder, or are in one of them only. */
export function differences(before: Listing, after: Listing): ListingDifference[] {
  const changed: ListingDifference[] = [];
  const rows = before.paths === after.paths ? undefined : rowsIn(before.paths, after.paths);
  after.paths.forEach((path, row) => {
    const old = rows === undefined ? row : (rows[row] ?? -1);
    if (old < 0 || !rowEquals(before.stats, old, after.stats, row)) changed.push({ path, before: old, after: row });
  });
  if (rows === undefined) return changed;
  const kept = new Set(rows);
  before.paths.forEach((path, row) => {
    if (!kept.has(row)) changed.push({ path, before: row, after: -1 });
  });
  return changed;
}

/** Empty folders that are in one of two listings only. */
export function emptinessDifferences(before: Listing, after: Listing): string[] {
  const earlier = new Set(before.empties);
  const later = new Set(after.empties);
  return [...before.empties.filter((path) => !later.has(path)), ...after.empties.filter((path) => !earlier.has(path))];
}
