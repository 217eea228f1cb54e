import { dirname } from 'node:path';
import type { FileStat } from './stats.ts';

/** How the engine left a path: null where it removed the file; of a folder's path, which ends with /, only that it is there. */
export interface Left {
  readonly stat: FileStat | null;
  /** When, in the count of looks and writes. */
  readonly at: number;
}

export interface OwnWrites {
  readonly set: (path: string, left: Left) => void;
  readonly get: (path: string) => Left | undefined;
  /** Everything below a folder, however deep. */
  readonly below: (folder: string) => Iterable<readonly [path: string, left: Left]>;
}

/** What the engine wrote and removed, as a tree of folders, since a folder among ten thousand is asked for alone. */
export function createOwnWrites(): OwnWrites {
  const all = new Map<string, Left>();
  const children = new Map<string, Set<string>>();

  return {
    get: (path) => all.get(path),
    set: (path, left) => {
      if (!all.has(path)) {
        for (let child = path; child !== '/'; child = dirname(child)) {
          const parent = dirname(child);
          const known = children.get(parent);
          children.set(parent, (known ?? new Set()).add(child));
          if (known !== undefined) break;
        }
      }
      all.set(path, left);
    },
    *below(folder) {
      const open = [folder];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        for (const child of children.get(next) ?? []) {
          const left = all.get(child);
          if (left !== undefined) yield [child, left];
          open.push(child);
        }
      }
    },
  };
}
