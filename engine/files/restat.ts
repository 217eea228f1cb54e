import { columns, type Listing } from './listing.ts';
import { isFile, isFolder, statOf } from './stats.ts';

/**
 * Stats again what a listing names. Undefined where a folder changed, or its stat was not settled: then its names have
 * to be read again. A folder whose stat stands still holds the same names, so that an unchanged one costs stats alone.
 */
export function restat(folder: string, listing: Listing): Float64Array | undefined {
  try {
    return foldersStand(folder, listing) ? statFiles(folder, listing.paths) : undefined;
  } catch {
    // Without permission or with a loop of links: the walk says so by name.
    return undefined;
  }
}

function foldersStand(folder: string, listing: Listing): boolean {
  for (let row = 0; row < listing.folders.length; row++) {
    const name = listing.folders[row];
    const stats = statOf(name === '' ? folder : `${folder}/${name}`);
    const at = row * columns;
    const known = listing.folderStats;
    if (stats === undefined || !isFolder(stats) || known[at] !== 1) return false;
    if (stats.mtimeMs !== known[at + 1] || stats.ctimeMs !== known[at + 2] || stats.ino !== known[at + 3]) return false;
  }
  return listing.folders.length > 0;
}

function statFiles(folder: string, paths: readonly string[]): Float64Array | undefined {
  const now = new Float64Array(paths.length * columns);
  let at = 0;
  for (const path of paths) {
    const stats = statOf(`${folder}/${path}`);
    if (stats === undefined || !isFile(stats)) return undefined;
    now[at++] = stats.size;
    now[at++] = stats.mtimeMs;
    now[at++] = stats.ctimeMs;
    now[at++] = stats.ino;
  }
  return now;
}
