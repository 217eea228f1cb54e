import type { Stats } from 'node:fs';
import type { Digest } from '../model/names.ts';
import { columns } from './listing.ts';
import type { Pack } from './pack.ts';
import { type FileStat, fileStat, sameStat } from './stats.ts';

export interface LooseFile {
  readonly stat: FileStat;
  readonly digest: Digest;
  readonly fingerprint: string;
  readonly settled: boolean;
}

/** Files that are known one by one: asked for alone, or written by the engine and not yet seen in their folder. */
export interface Loose {
  /** The digest of a file that still has the stat under which it was hashed. */
  readonly recall: (path: string, stats: Stats) => Digest | undefined;
  readonly get: (path: string) => LooseFile | undefined;
  readonly set: (path: string, file: LooseFile) => void;
  /** Gives the file and forgets it, since its folder's pack knows it from now on. */
  readonly take: (path: string) => LooseFile | undefined;
  readonly unsettled: () => readonly string[];
  readonly dirty: () => boolean;
  /** Everything as one pack, without what this process did not ask for where that is the most of it. */
  readonly pack: () => Pack;
}

const keptUnasked = 10_000;

const noPack: Pack = {
  paths: [],
  stats: new Float64Array(0),
  folders: [],
  folderStats: new Float64Array(0),
  empties: [],
  settled: new Uint8Array(0),
  digests: Buffer.alloc(0),
  fingerprints: Buffer.alloc(0),
  digest: '',
};

export function createLoose(root: string, stored: Pack | undefined): Loose {
  const files = new Map<string, LooseFile>();
  const asked = new Set<string>();
  const learned = new Set<string>();
  let dirty = false;
  const absolute = (name: string) => (name.startsWith('/') ? name : `${root}/${name}`);
  // Rows become objects only when they are asked for: most of a pack of thousands is never looked at twice.
  const rows = new Map((stored?.paths ?? []).map((name, row) => [absolute(name), row]));
  const fetch = (path: string): LooseFile | undefined => {
    const found = files.get(path);
    const row = rows.get(path);
    if (found !== undefined || row === undefined || stored === undefined) return found;
    const file = rowOf(stored, row);
    files.set(path, file);
    rows.delete(path);
    return file;
  };
  let digests: string | undefined;
  const recallRow = (pack: Pack, row: number, { size, mtimeMs, ctimeMs, ino }: Stats): Digest | undefined => {
    const at = row * columns;
    const { stats, settled } = pack;
    if (settled[row] !== 1 || stats[at + 2] !== ctimeMs || stats[at + 1] !== mtimeMs) return undefined;
    if (stats[at] !== size || stats[at + 3] !== ino) return undefined;
    digests ??= pack.digests.toString('hex');
    return digests.slice(row * 64, row * 64 + 64) as Digest;
  };
  return {
    recall: (path, stats) => {
      asked.add(path);
      const row = rows.get(path);
      if (row !== undefined && stored !== undefined) return recallRow(stored, row, stats);
      const file = files.get(path);
      return file?.settled && sameStat(file.stat, fileStat(stats)) ? file.digest : undefined;
    },
    get: (path) => {
      asked.add(path);
      return fetch(path);
    },
    set: (path, file) => {
      learned.add(path);
      rows.delete(path);
      files.set(path, file);
      dirty = true;
    },
    take: (path) => {
      const file = fetch(path);
      if (file !== undefined && !asked.has(path)) {
        files.delete(path);
        learned.delete(path);
        dirty = true;
      }
      return file;
    },
    unsettled: () => [...files].filter(([, file]) => !file.settled).map(([path]) => path),
    dirty: () => dirty,
    pack: () => {
      dirty = false;
      const isIdle = (path: string) => !asked.has(path) && !learned.has(path);
      const idle = [...rows.keys(), ...files.keys()].filter(isIdle).length;
      const isKept = (path: string) => idle <= keptUnasked || !isIdle(path);
      const untouched = [...rows].flatMap(([path, row]) => (isKept(path) ? [row] : []));
      const changed = [...files].filter(([path]) => isKept(path));
      return packOf(
        stored ?? noPack,
        untouched,
        changed.map(([path, file]) => [nameBelow(root, path), file]),
      );
    },
  };
}

/** Paths are normal ones: no dots in them. */
function nameBelow(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

function rowOf(pack: Pack, row: number): LooseFile {
  const [bytes = 0, mtime = 0, ctime = 0, inode = 0] = pack.stats.subarray(row * columns, row * columns + columns);
  const fingerprint = pack.fingerprints.toString('hex', row * 16, row * 16 + 16);
  return {
    stat: { bytes, mtime, ctime, inode },
    digest: pack.digests.toString('hex', row * 32, row * 32 + 32) as Digest,
    fingerprint: /^0+$/.test(fingerprint) ? '' : fingerprint,
    settled: pack.settled[row] === 1,
  };
}

/** Rows of a former pack as they are, then files: of thousands mostly one has changed. */
function packOf(stored: Pack, rows: readonly number[], files: readonly (readonly [string, LooseFile])[]): Pack {
  const count = rows.length + files.length;
  const stats = new Float64Array(count * columns);
  const settled = new Uint8Array(count);
  const digests = Buffer.alloc(count * 32);
  const fingerprints = Buffer.alloc(count * 16);
  const paths: string[] = [];
  for (const row of rows) {
    const at = paths.push(stored.paths[row] ?? '') - 1;
    stats.set(stored.stats.subarray(row * columns, (row + 1) * columns), at * columns);
    stored.digests.copy(digests, at * 32, row * 32, (row + 1) * 32);
    stored.fingerprints.copy(fingerprints, at * 16, row * 16, (row + 1) * 16);
    settled[at] = stored.settled[row] ?? 0;
  }
  for (const [path, { stat, digest, fingerprint, settled: isSettled }] of files) {
    const at = paths.push(path) - 1;
    stats.set([stat.bytes, stat.mtime, stat.ctime, stat.inode], at * columns);
    digests.write(digest, at * 32, 'hex');
    fingerprints.write(fingerprint, at * 16, 'hex');
    settled[at] = isSettled ? 1 : 0;
  }
  return { ...noPack, paths, stats, settled, digests, fingerprints };
}
