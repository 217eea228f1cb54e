/** What a file's stat says: equal stamps of an old enough file mean equal contents. */
import { closeSync, fstatSync, futimesSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Size, modification and change time in nanoseconds, inode; null where there is nothing. */
export type Stamp = string | null;

export interface Stamps {
  /** Of a path relative to the root, links followed. Looked at once, so that many modules share their files' stats. */
  readonly of: (path: string) => Stamp;
}

export function createStamps(root: string): Stamps {
  const known = new Map<string, Stamp>();
  return {
    of: (path) => {
      const seen = known.get(path);
      if (seen !== undefined) return seen;
      const stamp = readStamp(resolve(root, path));
      known.set(path, stamp);
      return stamp;
    },
  };
}

export function readStamp(path: string): Stamp {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`;
}

/** The coarsest tick of a kernel's file times (100 Hz), doubled. */
const tick = 20_000_000n;

/** The file system's own time, in nanoseconds; the process's clock may differ from it. */
export function fileSystemTime(folder: string): bigint {
  mkdirSync(folder, { recursive: true });
  const probe = openSync(join(folder, 'clock'), 'w');
  try {
    // Opening an empty file need not change it, so its times are set; ctime then is the file system's now.
    futimesSync(probe, 0, 0);
    return fstatSync(probe, { bigint: true }).ctimeNs;
  } finally {
    closeSync(probe);
  }
}

/** Whether a stamp's file was last changed well before `time`; if not, it may change again within the same tick unseen. */
export function isSettled(stamp: Stamp, time: bigint): boolean {
  return stamp === null || BigInt(stamp.split(' ')[2] ?? 0) < time - tick;
}
