import type { Stats } from 'node:fs';
import { relative } from 'node:path';
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
      for (const path of [...rows.keys()]) fetch(path);
      const idle = [...files.keys()].filter((path) => !asked.has(path) && !learned.has(path));
      const dropped = new Set(idle.length > keptUnasked ? idle : []);
      const kept = [...files].filter(([path]) => !dropped.has(path));
      return packOf(kept.map(([path, file]) => [nameBelow(root, path), file]));
    },
  };
}

function nameBelow(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? relative(root, path) : path;
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

function packOf(files: readonly (readonly [string, LooseFile])[]): Pack {
  const stats = new Float64Array(files.length * columns);
  files.forEach(([, { stat }], row) => {
    stats.set([stat.bytes, stat.mtime, stat.ctime, stat.inode], row * columns);
  });
  return {
    paths: files.map(([path]) => path),
    stats,
    folders: [],
    folderStats: new Float64Array(0),
    empties: [],
    settled: Uint8Array.from(files, ([, file]) => (file.settled ? 1 : 0)),
    digests: Buffer.from(files.map(([, file]) => file.digest).join(''), 'hex'),
    fingerprints: Buffer.from(files.map(([, file]) => file.fingerprint.padEnd(32, '0')).join(''), 'hex'),
    digest: '',
  };
}
