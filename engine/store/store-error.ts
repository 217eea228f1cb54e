import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure } from '../model/event.ts';

/** The disk or an output stands in the way: `message` is a sentence for the person who ran it. */
export class StoreError extends Error {
  readonly path: string | undefined;
  constructor(message: string, path?: string) {
    super(message);
    this.name = 'StoreError';
    this.path = path;
  }
}

const inTheWay = (path: string) => `a folder stands where a file has to be: ${path}; move it away and run again`;

const sentences: Readonly<Record<string, (path: string) => string>> = {
  ENOSPC: (path) => `the disk is full: ${path} could not be written; free some space and run again`,
  EDQUOT: (path) => `your quota on this disk is used up: ${path} could not be written; free some space and run again`,
  EROFS: (path) => `${path} cannot be written, since its disk is read-only; make it writable or move the project`,
  EACCES: (path) => `no permission for ${path}; give yourself access to it and run again`,
  EPERM: (path) => `${path} may not be changed; lift its protection and run again`,
  ENOENT: (path) => `${path} went away while it was needed; run again`,
  EEXIST: (path) => `something stands in the way at ${path}; move it away and run again`,
  ENOTDIR: (path) => `a file stands where a folder has to be: ${path}; move it away and run again`,
  EISDIR: inTheWay,
  ERR_FS_EISDIR: inTheWay,
  EMFILE: (path) => `too many files are open to open ${path}; raise the limit (ulimit -n) and run again`,
  EIO: (path) => `the disk reports an error at ${path}; look after the disk`,
  SQLITE_FULL: (path) => `the disk is full: ${path} could not be written; free some space and run again`,
  SQLITE_IOERR: (path) => `the disk reports an error at ${path}; look after the disk`,
  SQLITE_READONLY: (path) => `${path} cannot be written; make it writable and run again`,
  SQLITE_CANTOPEN: (path) => `${path} cannot be opened or written; give yourself access to it and run again`,
};

/** By SQLite's primary codes: the name stands for several, and is missing from some errors of the library. */
const sqliteNames: Readonly<Record<number, string>> = {
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
};

/** SQLite asks for this much at once, so that what is left of a full disk may be a little less. */
const leastRoom = 64 * 1024;

/** Why SQLite cannot open or write, which it does not pass on; undefined where nothing is seen to stand in the way. */
function askDisk(folder: string, file: string | undefined): string | undefined {
  try {
    if (file !== undefined && statSync(file, { throwIfNoEntry: false })?.isDirectory()) return 'EISDIR';
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < leastRoom ? 'ENOSPC' : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

function primaryCode(error: Error): number {
  return Number((error as { readonly rawCode?: unknown }).rawCode ?? 0) & 255;
}

/**
 * Turns what the filesystem or SQLite says into a StoreError; anything else comes back as it is. What was being
 * written is known of an open file only by `below`, the folder that it lies in.
 */
function explainDiskError(error: unknown, below: string, path?: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const { code = '', path: own, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
  // Of a file that is moved from where only the engine writes, the place that it was to have is what a person knows.
  const place = path ?? (dest !== undefined && own?.startsWith(`${below}/attempts/`) ? dest : own) ?? below;
  const sqlite = sqliteNames[primaryCode(error)];
  const asked = sqlite && askDisk(own === undefined ? below : dirname(own), own);
  const sentence = sentences[asked ?? ''] ?? sentences[sqlite ?? code];
  return sentence === undefined ? error : new StoreError(sentence(place), place);
}

/** Gives what runs something that touches the disk; its errors become StoreErrors. */
export function diskBelow(folder: string) {
  return async <T>(work: () => T | Promise<T>, path?: string): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainDiskError(error, folder, path);
    }
  };
}

/** What a task fails with where the disk is to blame; undefined for everything else. */
export function diskFailure(error: unknown, below: string): Failure | undefined {
  const explained = explainDiskError(error, below);
  if (!(explained instanceof StoreError)) return undefined;
  const { message, path } = explained;
  return { kind: 'disk', message, ...(path === undefined ? {} : { path }) };
}
