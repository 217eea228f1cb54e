import { dirname } from 'node:path';
import type { Listing } from './listing.ts';
import type { Sight } from './survey.ts';
import type { Target } from './target.ts';
import { targetOf } from './target.ts';

/** What the last looks saw, by target; a file inside a folder that was looked at was seen with it. */
export interface Sights {
  readonly set: (target: Target, sight: Sight) => void;
  readonly of: (target: Target) => Sight | undefined;
}

export function createSights(root: string): Sights {
  const seen = new Map<string, Sight>();
  const rowsOf = new WeakMap<Listing, ReadonlyMap<string, number>>();

  function rows(listing: Listing): ReadonlyMap<string, number> {
    const known = rowsOf.get(listing) ?? new Map(listing.paths.map((path, row) => [path, row]));
    rowsOf.set(listing, known);
    return known;
  }

  function inFolder(target: Target): Sight | undefined {
    for (let folder = dirname(target.path); folder !== dirname(folder); folder = dirname(folder)) {
      const sight = seen.get(targetOf(root, { path: folder, glob: false }).name);
      if (sight?.kind !== 'folder') continue;
      const row = rows(sight.listing).get(target.path.slice(folder.length + 1));
      if (row === undefined) return undefined;
      const [bytes = 0, mtime = 0, ctime = 0, inode = 0] = sight.listing.stats.subarray(row * 4, row * 4 + 4);
      return { kind: 'file', stat: { bytes, mtime, ctime, inode } };
    }
    return undefined;
  }

  return {
    set: (target, sight) => {
      seen.set(target.name, sight);
    },
    of: (target) => seen.get(target.name) ?? (target.only === undefined ? inFolder(target) : undefined),
  };
}
