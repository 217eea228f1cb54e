import { differences, emptinessDifferences, type Listing } from './listing.ts';
import type { Moment } from './moment.ts';
import { type FileStat, fileStat, isFolder, sameStat, statOf } from './stats.ts';
import type { Sight } from './survey.ts';
import type { Target } from './target.ts';
import { walk } from './walk.ts';

interface ChangesRequest {
  readonly target: Target;
  readonly moment: () => Moment;
  /** Absent where nobody looked: then all counts as changed but what the engine wrote. */
  readonly before: Sight | undefined;
  /** What the engine left at each path that it wrote (or null: removed) after somebody looked. */
  readonly own: ReadonlyMap<string, FileStat | null>;
  /** How the engine left files, by inode, of which it made or removed a name. */
  readonly moved: ReadonlyMap<number, FileStat>;
}

const nothing: Listing = {
  paths: [],
  stats: new Float64Array(0),
  folders: [],
  folderStats: new Float64Array(0),
  empties: [],
};

/** The paths, as the query names them, that are no longer what was seen or what the engine wrote; by stat alone. */
export function changesAt(request: ChangesRequest): readonly string[] {
  try {
    return changesSince(request);
  } catch {
    // What cannot be asked any more surely is not what was seen.
    return [request.target.shown];
  }
}

function changesSince(request: ChangesRequest): readonly string[] {
  const { target, before } = request;
  const stats = statOf(target.path);
  if (before?.kind === 'refused') return [target.shown];
  if (stats !== undefined && isFolder(stats)) return folderChanges(request);
  if (stats === undefined) {
    const wasMissing = before?.kind === 'missing' || (before?.kind === 'folder' && before.listing.paths.length === 0);
    return wasMissing || isOwn(request, target.path, null) ? [] : [target.shown];
  }
  const stat = fileStat(stats);
  const isSeen = before?.kind === 'file' && (sameStat(before.stat, stat) || isMoved(request, before.stat, stat));
  return isSeen || isOwn(request, target.path, stat) ? [] : [target.shown];
}

function folderChanges(request: ChangesRequest): readonly string[] {
  const { target, before, moment } = request;
  const { path, shown, only } = target;
  const seen = before?.kind === 'folder' ? before.listing : nothing;
  const walked = walk({ folder: path, moment, known: seen === nothing ? undefined : seen, only });
  if (walked.kind !== 'listing') return [shown];
  const isUnseen = seen === nothing && only === undefined && walked.listing.paths.length === 0;
  if (isUnseen && before?.kind !== 'folder' && !touchedByEngine(request, path)) return [shown];
  const changed = differences(seen, walked.listing).flatMap(({ path: name, before: earlier, after }) => {
    const stat = statAt(walked.listing, after);
    const isKnown = isOwn(request, `${path}/${name}`, stat) || isMoved(request, statAt(seen, earlier), stat);
    return isKnown ? [] : [name];
  });
  // A folder that the engine filled or emptied is no longer, or newly, empty: its files tell.
  const filled = emptinessDifferences(seen, walked.listing).filter(
    (name) => !touchedByEngine(request, `${path}/${name}`),
  );
  return [...changed, ...filled].map((name) => (shown === '.' ? name : `${shown}/${name}`));
}

function statAt({ stats }: Listing, row: number): FileStat | null {
  if (row < 0) return null;
  const [bytes = 0, mtime = 0, ctime = 0, inode = 0] = stats.subarray(row * 4, row * 4 + 4);
  return { bytes, mtime, ctime, inode };
}

function isOwn({ own }: ChangesRequest, path: string, stat: FileStat | null): boolean {
  const left = own.get(path);
  if (left === undefined) return false;
  return left === null || stat === null ? left === stat : sameStat(left, stat);
}

/** Only the ctime moved, and to where the engine left it when it linked or unlinked another name of the same file. */
function isMoved({ moved }: ChangesRequest, before: FileStat | null, now: FileStat | null): boolean {
  if (before === null || now === null) return false;
  const left = moved.get(now.inode);
  return left !== undefined && sameStat(left, now) && sameStat({ ...before, ctime: now.ctime }, now);
}

function touchedByEngine({ own }: ChangesRequest, folder: string): boolean {
  for (const path of own.keys()) if (path.startsWith(folder)) return true;
  return false;
}
