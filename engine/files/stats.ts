import { lstatSync, type Stats, statSync } from 'node:fs';

/**
 * What tells whether a file is still the one that was hashed. Times are milliseconds since 1970 as doubles, which keep
 * a quarter of a microsecond; whole nanoseconds need BigInts at every comparison and the kernel's ticks are coarser.
 */
export interface FileStat {
  readonly bytes: number;
  readonly mtime: number;
  readonly ctime: number;
  readonly inode: number;
}

/** Follows links; undefined where nothing is there (also behind a dangling link); throws for a lacking permission. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return missingOrThrow(error);
  }
}

/** The same, and how the link itself is where the path is one: one question where it is none, which is mostly so. */
export function statAndLink(path: string): { readonly stats: Stats | undefined; readonly link?: FileStat } {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    stats = missingOrThrow(error);
  }
  return stats?.isSymbolicLink() ? { stats: statOf(path), link: fileStat(stats) } : { stats };
}

/** Where a file stands in the place of a folder, nothing is below it. */
function missingOrThrow(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') throw error;
}

export function fileStat(stats: Stats): FileStat {
  return { bytes: stats.size, mtime: stats.mtimeMs, ctime: stats.ctimeMs, inode: stats.ino };
}

export function sameStat(a: FileStat, b: FileStat): boolean {
  return a.ctime === b.ctime && a.mtime === b.mtime && a.bytes === b.bytes && a.inode === b.inode;
}

const kindBits = 0o170000;

/** Cheaper than isFile() and isDirectory() where a hundred thousand are asked. */
export function isFile(stats: Stats): boolean {
  return (stats.mode & kindBits) === 0o100000;
}

export function isFolder(stats: Stats): boolean {
  return (stats.mode & kindBits) === 0o040000;
}
