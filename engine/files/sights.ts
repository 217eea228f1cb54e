import { dirname } from 'node:path';
import type { Listing } from './listing.ts';
import type { Sight } from './survey.ts';
import type { Target } from './target.ts';
import { targetOf } from './target.ts';

/** What the last looks saw, by target; a file inside a folder or a glob that was looked at was seen with it. */
export interface Sights {
  readonly set: (target: Target, sight: Sight) => void;
  readonly of: (target: Target) => Sight | undefined;
}

export function createSights(root: string): Sights {
  const seen = new Map<string, Sight>();
  /** Globs by the folder that they begin at. */
  const globs = new Map<string, Map<string, Listing>>();
  const rowsOf = new WeakMap<Listing, ReadonlyMap<string, number>>();

  function rows(listing: Listing): ReadonlyMap<string, number> {
    const known = rowsOf.get(listing) ?? new Map(listing.paths.map((path, row) => [path, row]));
    rowsOf.set(listing, known);
    return known;
  }

  function inFolder(target: Target): Sight | undefined {
    for (let folder = dirname(target.path); folder !== dirname(folder); folder = dirname(folder)) {
      const sight = seen.get(targetOf(root, { path: folder, glob: false }).name);
      const around = [...(globs.get(folder)?.values() ?? []), ...(sight?.kind === 'folder' ? [sight.listing] : [])];
      for (const listing of around) {
        const row = rows(listing).get(target.path.slice(folder.length + 1));
        if (row === undefined) continue;
        const [bytes = 0, mtime = 0, ctime = 0, inode = 0] = listing.stats.subarray(row * 4, row * 4 + 4);
        return { kind: 'file', stat: { bytes, mtime, ctime, inode } };
      }
      if (sight?.kind === 'folder') return undefined;
    }
    return undefined;
  }

  return {
    set: (target, sight) => {
      seen.set(target.name, sight);
      if (target.only === undefined || sight.kind !== 'folder') return;
      const here = globs.get(target.path) ?? new Map<string, Listing>();
      globs.set(target.path, here.set(target.name, sight.listing));
    },
    of: (target) => seen.get(target.name) ?? (target.only === undefined ? inFolder(target) : undefined),
  };
}
