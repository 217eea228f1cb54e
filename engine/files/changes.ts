import { differences, emptinessDifferences, type Listing } from './listing.ts';
import type { Moment } from './moment.ts';
import type { Left, OwnWrites } from './own-writes.ts';
import type { Seen } from './sights.ts';
import { type FileStat, fileStat, isFolder, sameStat, statAndLink, statOf } from './stats.ts';
import type { Target } from './target.ts';
import { walk } from './walk.ts';

interface ChangesRequest {
  readonly target: Target;
  readonly moment: () => Moment;
  /** Absent where nobody looked: then all counts as changed but what the engine wrote. */
  readonly before: Seen | undefined;
  readonly own: OwnWrites;
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
  const { stats, link } = statAndLink(target.path);
  const sight = before?.sight;
  if (sight?.kind === 'refused') return [target.shown];
  const wasLink = sight !== undefined && 'link' in sight ? sight.link : undefined;
  if (wasLink && !leftLater(request, target.path) && !(link && sameStat(wasLink, link))) return [target.shown];
  if (stats !== undefined && isFolder(stats)) return folderChanges(request);
  const left = leftLater(request, target.path);
  const now = stats === undefined ? null : fileStat(stats);
  if (left !== undefined) return isStill(request, left.stat, now) ? [] : [target.shown];
  if (now !== null) return isStill(request, sight?.kind === 'file' ? sight.stat : null, now) ? [] : [target.shown];
  const wasEmpty = sight?.kind === 'missing' || (sight?.kind === 'folder' && sight.listing.paths.length === 0);
  return wasEmpty && !isFilledLater(request) ? [] : [target.shown];
}

/** Whether the engine wrote a folder here since somebody looked. */
function isFilledLater({ own, before, target }: ChangesRequest): boolean {
  const since = before?.at ?? 0;
  if ((own.get(`${target.path}/`)?.at ?? -1) >= since) return true;
  for (const [, { stat, at }] of own.below(target.path)) if (stat !== null && at >= since) return true;
  return false;
}

function folderChanges(request: ChangesRequest): readonly string[] {
  const { target, before, moment, own } = request;
  const { path, shown, only, isGlob } = target;
  const seen = before?.sight.kind === 'folder' ? before.sight.listing : nothing;
  const walked = walk({ folder: path, moment, known: seen === nothing ? undefined : seen, only });
  if (walked.kind !== 'listing') return [shown];
  const isUnseen = seen === nothing && !isGlob && walked.listing.paths.length === 0;
  if (isUnseen && before?.sight.kind !== 'folder' && !wroteBelow(request, path)) return [shown];
  const changed = differences(seen, walked.listing).flatMap(({ path: name, before: earlier, after }) => {
    if (leftLater(request, `${path}/${name}`) !== undefined) return [];
    return isStill(request, statAt(seen, earlier), statAt(walked.listing, after)) ? [] : [name];
  });
  // What the engine wrote or removed since somebody looked has to be as it left it.
  for (const [file, left] of own.below(path)) {
    const name = file.slice(path.length + 1);
    if (left.at < (before?.at ?? 0) || (only !== undefined && !only.file(name))) continue;
    const stats = statOf(file);
    const isThere = name.endsWith('/')
      ? stats !== undefined
      : isStill(request, left.stat, stats ? fileStat(stats) : null);
    if (!isThere) changed.push(name);
  }
  // A folder that the engine filled or emptied is no longer, or newly, empty: its files tell.
  const filled = emptinessDifferences(seen, walked.listing).filter(
    (name) => !wroteBelow(request, `${path}/${name.slice(0, -1)}`),
  );
  return [...changed, ...filled].map((name) => (shown === '.' ? name : `${shown}/${name}`));
}

function statAt({ stats }: Listing, row: number): FileStat | null {
  if (row < 0) return null;
  const [bytes = 0, mtime = 0, ctime = 0, inode = 0] = stats.subarray(row * 4, row * 4 + 4);
  return { bytes, mtime, ctime, inode };
}

/** How the engine left a path, where that is later than what was seen there. */
function leftLater({ own, before }: ChangesRequest, path: string): Left | undefined {
  const left = own.get(path);
  return left !== undefined && left.at >= (before?.at ?? 0) ? left : undefined;
}

/**
 * Whether nobody but the engine touched what was there: it is the same, or only its ctime moved, and to where the
 * engine left it when it linked or unlinked another name of the same file.
 */
function isStill({ moved }: ChangesRequest, before: FileStat | null, now: FileStat | null): boolean {
  if (before === null || now === null) return before === now;
  if (sameStat(before, now)) return true;
  const left = moved.get(now.inode);
  return left !== undefined && sameStat(left, now) && sameStat({ ...before, ctime: now.ctime }, now);
}

function wroteBelow({ own }: ChangesRequest, folder: string): boolean {
  if (own.get(`${folder}/`) !== undefined) return true;
  for (const _ of own.below(folder)) return true;
  return false;
}
