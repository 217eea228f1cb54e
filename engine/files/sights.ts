import { dirname } from 'node:path';
import { placeOf } from '../hash/path-order.ts';
import type { Listing } from './listing.ts';
import type { Sight } from './survey.ts';
import type { Target } from './target.ts';
import { targetOf } from './target.ts';

export interface Seen {
  readonly sight: Sight;
  /** When, in the count of looks and writes. */
  readonly at: number;
}

/** What the last looks saw, by target; a file inside a folder or a glob that was looked at was seen with it. */
export interface Sights {
  readonly set: (target: Target, seen: Seen) => void;
  readonly of: (target: Target) => Seen | undefined;
}

export function createSights(root: string): Sights {
  const seen = new Map<string, Seen>();
  /** Globs by the folder that they begin at. */
  const globs = new Map<string, Map<string, { readonly listing: Listing; readonly at: number }>>();

  function inFolder(target: Target): Seen | undefined {
    for (let folder = dirname(target.path); folder !== dirname(folder); folder = dirname(folder)) {
      const here = seen.get(targetOf(root, { path: folder, glob: false }).name);
      const sight = here?.sight;
      const whole = sight?.kind === 'folder' ? [{ listing: sight.listing, at: here?.at ?? 0 }] : [];
      for (const { listing, at } of [...(globs.get(folder)?.values() ?? []), ...whole]) {
        const { paths } = listing;
        const path = target.path.slice(folder.length + 1);
        const row = placeOf(path, paths.length, (place) => paths[place] ?? '');
        if (paths[row] !== path) continue;
        const [bytes = 0, mtime = 0, ctime = 0, inode = 0] = listing.stats.subarray(row * 4, row * 4 + 4);
        return { sight: { kind: 'file', stat: { bytes, mtime, ctime, inode } }, at };
      }
      if (sight?.kind === 'folder') return undefined;
    }
    return undefined;
  }

  return {
    set: (target, { sight, at }) => {
      seen.set(target.name, { sight, at });
      if (!target.isGlob || sight.kind !== 'folder') return;
      const here = globs.get(target.path) ?? new Map();
      globs.set(target.path, here.set(target.name, { listing: sight.listing, at }));
    },
    of: (target) => seen.get(target.name) ?? (target.isGlob ? undefined : inFolder(target)),
  };
}
