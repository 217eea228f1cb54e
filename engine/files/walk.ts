import type { Stats } from 'node:fs';
import { sortPaths } from '../hash/path-order.ts';
import { columns, type Listing } from './listing.ts';
import { type Moment, settled } from './moment.ts';
import { readNames } from './names.ts';
import { isFile, isFolder, statOf } from './stats.ts';

export type Walked =
  | { readonly kind: 'listing'; readonly listing: Listing }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface WalkRequest {
  /** Absolute. */
  readonly folder: string;
  /** A time of the filesystem before the walk. */
  readonly moment: Moment;
  /** Only these files and folders, by paths relative to the folder; empty folders are then left out. */
  readonly only?: { readonly file: (path: string) => boolean; readonly folder: (path: string) => boolean };
}

/** Carried up through the walk by a throw, and turned into `refused` at its top. */
class Refusal extends Error {}

interface Open {
  readonly path: string;
  readonly stats: Stats;
  readonly parent: Open | undefined;
}

/**
 * Lists a folder with everything below it. Links are followed; a dangling link, a cycle of links, a special file, a
 * name that is not UTF-8 and a lacking permission refuse the whole folder by name, since leaving them out would give
 * two different folders one digest. Iterative: a chain of ten thousand folders is a tree like any other.
 */
export function walk(request: WalkRequest): Walked {
  const { folder, moment } = request;
  try {
    const stats = statOf(folder);
    if (stats === undefined || !isFolder(stats)) return { kind: 'missing' };
    const found = new Map<string, Stats>();
    const folders: { path: string; stats: Stats }[] = [];
    const empties: string[] = [];
    const open: Open[] = [{ path: '', stats, parent: undefined }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      folders.push({ path: next.path, stats: next.stats });
      const count = readFolder(request, next, found, open);
      if (count === 0 && next.path !== '' && request.only === undefined) empties.push(`${next.path}/`);
    }
    return { kind: 'listing', listing: listingOf(found, folders, empties, moment) };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      return { kind: 'refused', reason: `no permission to read ${path ?? folder}` };
    if (code === 'ENOENT')
      return { kind: 'refused', reason: `${path ?? folder} went away while it was read; run again` };
    return { kind: 'refused', reason: `${path ?? folder} cannot be read: ${message}` };
  }
}

/** Gives the number of names in the folder, whether they are wanted or not. */
function readFolder(request: WalkRequest, open: Open, found: Map<string, Stats>, stack: Open[]): number {
  const absolute = open.path === '' ? request.folder : `${request.folder}/${open.path}`;
  const { only } = request;
  const names = readNames(absolute);
  if ('refused' in names) throw new Refusal(names.refused);
  for (const { name, kind } of names.entries) {
    const path = open.path === '' ? name : `${open.path}/${name}`;
    if (only !== undefined && kind === 'file' && !only.file(path)) continue;
    if (only !== undefined && kind === 'folder' && !only.folder(path)) continue;
    if (only !== undefined && kind === 'other' && !only.file(path) && !only.folder(path)) continue;
    const stats = statAt(`${absolute}/${name}`);
    if (isFile(stats)) {
      if (only === undefined || only.file(path)) found.set(path, stats);
    } else if (!isFolder(stats)) {
      throw new Refusal(`${absolute}/${name} is neither a file nor a folder; only these can be hashed`);
    } else if (only === undefined || only.folder(path)) {
      refuseCycle(open, stats, `${absolute}/${name}`);
      stack.push({ path, stats, parent: open });
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

function refuseCycle(parent: Open, stats: Stats, path: string): void {
  for (let above: Open | undefined = parent; above !== undefined; above = above.parent) {
    if (above.stats.ino === stats.ino && above.stats.dev === stats.dev)
      throw new Refusal(`${path} is a link to a folder that it lies in; a folder cannot hold itself`);
  }
}

function listingOf(
  found: ReadonlyMap<string, Stats>,
  folders: readonly { path: string; stats: Stats }[],
  empties: string[],
  moment: Moment,
): Listing {
  const paths = sortPaths([...found.keys()]);
  const stats = new Float64Array(paths.length * columns);
  paths.forEach((path, row) => {
    const file = found.get(path);
    if (file !== undefined) stats.set([file.size, file.mtimeMs, file.ctimeMs, file.ino], row * columns);
  });
  const folderStats = new Float64Array(folders.length * columns);
  folders.forEach(({ stats: folder }, row) => {
    const trusted = settled(folder, moment) ? 1 : 0;
    folderStats.set([trusted, folder.mtimeMs, folder.ctimeMs, folder.ino], row * columns);
  });
  return { paths, stats, folders: folders.map(({ path }) => path), folderStats, empties: sortPaths(empties) };
}
