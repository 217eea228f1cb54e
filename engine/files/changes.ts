import { differences } from './listing.ts';
import type { Moment } from './moment.ts';
import { restat } from './restat.ts';
import { fileStat, isFile, isFolder, sameStat, statOf } from './stats.ts';
import type { Sight } from './survey.ts';
import type { Target } from './target.ts';
import { walk } from './walk.ts';

interface ChangesRequest {
  readonly target: Target;
  readonly moment: Moment;
  /** Absent where nobody looked: then everything counts as changed. */
  readonly before: Sight | undefined;
}

/** The paths, as the query names them, that are no longer what was seen; by stat alone. */
export function changesAt({ target, moment, before }: ChangesRequest): readonly string[] {
  try {
    return changesSince(target, moment, before);
  } catch {
    // What cannot be asked any more surely is not what was seen.
    return [target.shown];
  }
}

function changesSince(target: Target, moment: Moment, before: Sight | undefined): readonly string[] {
  const { path, shown, only } = target;
  const stats = statOf(path);
  switch (before?.kind) {
    case 'missing':
      return stats === undefined || (only !== undefined && !isFolder(stats)) ? [] : [shown];
    case 'file':
      return stats !== undefined && isFile(stats) && sameStat(fileStat(stats), before.stat) ? [] : [shown];
    case 'folder': {
      if (stats === undefined || !isFolder(stats)) return [shown];
      const now = restat(path, before.listing);
      if (now !== undefined) return changed(target, differences(before.listing, { ...before.listing, stats: now }));
      const walked = walk({ folder: path, moment, ...(only === undefined ? {} : { only }) });
      return walked.kind === 'listing' ? changed(target, differences(before.listing, walked.listing)) : [shown];
    }
    default:
      return [shown];
  }
}

function changed(target: Target, paths: readonly string[]): readonly string[] {
  return target.shown === '.' ? paths : paths.map((path) => `${target.shown}/${path}`);
}
