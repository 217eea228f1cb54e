import type { Stats } from 'node:fs';
import { mergePaths, placeOf, rowsIn, sortPaths } from '../hash/path-order.ts';
import { columns, type Listing } from './listing.ts';
import { type Moment, settled } from './moment.ts';
import { readNames } from './names.ts';
import { statFiles } from './stat-files.ts';
import { isFile, isFolder, statOf } from './stats.ts';

export type Walked =
  | { readonly kind: 'listing'; readonly listing: Listing }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface WalkRequest {
  /** Absolute. */
  readonly folder: string;
  /** A time of the filesystem; asked only where a folder is read, and before the first one is. */
  readonly moment: () => Moment;
  /** What an earlier walk found: a folder whose stat stands still holds the same names, so that only its files are asked. */
  readonly known?: Listing | undefined;
  /** Whether the files of such a folder need not be asked, either. */
  readonly isTrusted?: boolean;
  /** Only these files and folders, by paths relative to the folder; empty folders are then left out. */
  readonly only?: { readonly file: (path: string) => boolean; readonly folder: (path: string) => boolean } | undefined;
}

/** Carried up through the walk by a throw, and turned into `refused` at its top. */
class Refusal extends Error {}

/** What a known folder led to is gone, though the folder itself stands: a link's target, or a race. */
class Surprise extends Error {}

interface Visit {
  readonly path: string;
  readonly stats: Stats;
  /** Whether its names are still those that are known. */
  readonly stands: boolean;
}

/**
 * Lists a folder with everything below it. Links are followed; a dangling link, a cycle of links, a special file, a
 * name that is not UTF-8 and a lacking permission refuse the whole folder by name, since leaving them out would give
 * two different folders one digest. Iterative: a chain of ten thousand folders is a tree like any other. Where nothing
 * changed, the listing shares its names with the known one.
 */
export function walk(request: WalkRequest): Walked {
  const { folder } = request;
  try {
    const stats = statOf(folder);
    if (stats === undefined || !isFolder(stats)) return { kind: 'missing' };
    return { kind: 'listing', listing: listFolder(request, stats) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    // What is known misled the walk; reading everything tells what is wrong by name.
    if (request.known !== undefined) return walk({ ...request, known: undefined });
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      return { kind: 'refused', reason: `no permission to read ${path ?? folder}` };
    if (code === 'ENOENT')
      return { kind: 'refused', reason: `${path ?? folder} went away while it was read; run again` };
    return { kind: 'refused', reason: `${path ?? folder} cannot be read: ${message}` };
  }
}

function listFolder(request: WalkRequest, top: Stats): Listing {
  const { folder, known, isTrusted = false } = request;
  const visits = new Map<string, Visit>();
  const open: Visit[] = [];
  const enter = (path: string, stats: Stats, stands: boolean) => {
    const visit = { path, stats, stands };
    visits.set(path, visit);
    if (stands) return;
    refuseCycle(visits, visit, folder);
    open.push(visit);
  };
  enter('', top, known !== undefined && folderStands(known, 0, top));
  // A folder stands behind the one that it lies in, so that what is below a removed one is not looked for.
  for (let row = 1; row < (known?.folders.length ?? 0); row++) {
    const path = known?.folders[row] ?? '';
    const above = visits.get(parentOf(path));
    if (known === undefined || above === undefined) continue;
    const stats = statOf(`${folder}/${path}`);
    if (stats !== undefined && isFolder(stats)) enter(path, stats, folderStands(known, row, stats));
    else if (above.stands) throw new Surprise();
  }
  const statsOf = (paths: readonly string[]) =>
    known !== undefined && isTrusted ? knownStats(known, paths) : askFiles(folder, paths);
  if (known !== undefined && open.length === 0) return { ...known, stats: statsOf(known.paths) };

  const moment = request.moment();
  const found: string[] = [];
  const empties = (known?.empties ?? []).filter((path) => visits.get(path.slice(0, -1))?.stands === true);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const count = readFolder(request, next, { found, visits, enter });
    if (count === 0 && next.path !== '' && request.only === undefined) empties.push(`${next.path}/`);
  }
  const kept = known === undefined ? [] : known.paths.filter(inStandingFolder(visits));
  const fresh = sortPaths(found);
  const [keptStats, freshStats] = [statsOf(kept), askFound(folder, fresh)];
  return listingOf({ kept, keptStats, fresh, freshStats, folders: [...visits.values()], empties, moment });
}

function folderStands({ folders, folderStats }: Listing, row: number, stats: Stats): boolean {
  const at = row * columns;
  return (
    row < folders.length &&
    folderStats[at] === 1 &&
    stats.mtimeMs === folderStats[at + 1] &&
    stats.ctimeMs === folderStats[at + 2] &&
    stats.ino === folderStats[at + 3]
  );
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Neighbours mostly lie in one folder, so that its name need not be cut out of each path. */
function inStandingFolder(visits: ReadonlyMap<string, Visit>): (path: string) => boolean {
  let prefix = '';
  let stands = visits.get('')?.stands === true;
  return (path) => {
    if (!path.startsWith(prefix) || path.includes('/', prefix.length)) {
      const parent = parentOf(path);
      prefix = parent === '' ? '' : `${parent}/`;
      stands = visits.get(parent)?.stands === true;
    }
    return stands;
  };
}

function knownStats(known: Listing, paths: readonly string[]): Float64Array {
  if (paths.length === known.paths.length) return known.stats;
  const stats = new Float64Array(paths.length * columns);
  rowsIn(known.paths, paths).forEach((row, index) => {
    stats.set(known.stats.subarray(row * columns, (row + 1) * columns), index * columns);
  });
  return stats;
}

function askFiles(folder: string, paths: readonly string[]): Float64Array {
  const stats = statFiles(folder, paths);
  if (stats === undefined) throw new Surprise();
  return stats;
}

/** Of files whose names were read just now, so that a fault is told by the name of its file. */
function askFound(folder: string, paths: readonly string[]): Float64Array {
  const stats = statFiles(folder, paths);
  if (stats !== undefined) return stats;
  for (const path of paths) {
    if (!isFile(statAt(`${folder}/${path}`)))
      throw new Refusal(`${folder}/${path} changed while it was read; run again`);
  }
  throw new Refusal(`${folder} changed while it was read; run again`);
}

interface Finds {
  readonly found: string[];
  readonly visits: ReadonlyMap<string, Visit>;
  readonly enter: (path: string, stats: Stats, stands: boolean) => void;
}

/** Gives the number of names in the folder, whether they are wanted or not. */
function readFolder(request: WalkRequest, open: Visit, { found, visits, enter }: Finds): number {
  const absolute = open.path === '' ? request.folder : `${request.folder}/${open.path}`;
  const { only } = request;
  const names = readNames(absolute);
  if ('refused' in names) throw new Refusal(names.refused);
  for (const { name, kind } of names.entries) {
    const path = open.path === '' ? name : `${open.path}/${name}`;
    if (only !== undefined && kind === 'file' && !only.file(path)) continue;
    if (only !== undefined && kind === 'folder' && !only.folder(path)) continue;
    if (only !== undefined && kind === 'other' && !only.file(path) && !only.folder(path)) continue;
    // Files are asked together when all folders have been read.
    const stats = kind === 'file' ? undefined : statAt(`${absolute}/${name}`);
    if (stats === undefined || isFile(stats)) {
      if (only === undefined || only.file(path)) found.push(path);
    } else if (!isFolder(stats)) {
      throw new Refusal(`${absolute}/${name} is neither a file nor a folder; only these can be hashed`);
    } else if ((only === undefined || only.folder(path)) && !visits.has(path)) {
      enter(path, stats, false);
    }
  }
  return names.entries.length;
}

function statAt(path: string): Stats {
  try {
    const stats = statOf(path);
    if (stats !== undefined) return stats;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOOP') throw error;
    throw new Refusal(`${path} is a link that leads to itself; remove it`);
  }
  throw new Refusal(`${path} is a link to something that does not exist; remove it or make its target`);
}

function refuseCycle(visits: ReadonlyMap<string, Visit>, { path, stats }: Visit, folder: string): void {
  for (let above = path; above !== ''; ) {
    above = parentOf(above);
    const other = visits.get(above)?.stats;
    if (other?.ino === stats.ino && other.dev === stats.dev)
      throw new Refusal(`${folder}/${path} is a link to a folder that it lies in; a folder cannot hold itself`);
  }
}

interface Files {
  /** Paths in folders that were not read again, in order, with their stats. */
  readonly kept: readonly string[];
  readonly keptStats: Float64Array;
  /** Those that were read, in order, with theirs. */
  readonly fresh: readonly string[];
  readonly freshStats: Float64Array;
}

interface Parts extends Files {
  readonly folders: readonly Visit[];
  readonly empties: string[];
  readonly moment: Moment;
}

function listingOf({ folders, empties, moment, ...files }: Parts): Listing {
  const folderStats = new Float64Array(folders.length * columns);
  folders.forEach(({ stats: own }, row) => {
    folderStats.set([settled(own, moment) ? 1 : 0, own.mtimeMs, own.ctimeMs, own.ino], row * columns);
  });
  return { ...merge(files), folders: folders.map(({ path }) => path), folderStats, empties: sortPaths(empties) };
}

function merge({ kept, keptStats, fresh, freshStats }: Files): Pick<Listing, 'paths' | 'stats'> {
  if (kept.length === 0) return { paths: fresh, stats: freshStats };
  const paths = mergePaths(kept, fresh);
  const stats = new Float64Array(paths.length * columns);
  let [row, keptRow] = [0, 0];
  // What lies between two files that were read is copied in one go.
  for (const [freshRow, path] of [...fresh, undefined].entries()) {
    const end = path === undefined ? paths.length : placeOf(path, paths.length, (place) => paths[place] ?? '');
    stats.set(keptStats.subarray(keptRow * columns, (keptRow + end - row) * columns), row * columns);
    [row, keptRow] = [end + 1, keptRow + end - row];
    if (path !== undefined) stats.set(freshStats.subarray(freshRow * columns, (freshRow + 1) * columns), end * columns);
  }
  return { paths, stats };
}
