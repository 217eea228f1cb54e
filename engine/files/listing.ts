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

/** Paths of `after` that differ from `before` or are not in it, and those of `before` that are gone; both in byte order. */
export function differences(before: Listing, after: Listing): string[] {
  const rows = new Map(before.paths.map((path, row) => [path, row]));
  const changed: string[] = [];
  after.paths.forEach((path, row) => {
    const old = rows.get(path);
    if (old === undefined || !rowEquals(before.stats, old, after.stats, row)) changed.push(path);
    rows.delete(path);
  });
  const empties = new Set(before.empties);
  for (const path of after.empties) if (!empties.delete(path)) changed.push(path);
  return [...changed, ...rows.keys(), ...empties];
}
