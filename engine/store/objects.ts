import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { digestBytes, digestText } from '../hash/digest.ts';
import type { Digest } from '../model/names.ts';
import { hashContents, readOnly } from './contents.ts';
import type { Layout } from './layout.ts';

/** Contents by digest. What is in place was complete before it got its name. */
export interface Objects {
  readonly pathOf: (digest: Digest) => string;
  /** A new name on the objects' filesystem, swept when the run is gone. */
  readonly temporary: () => string;
  /** Gives a complete file its place, whose contents were hashed just now, when it had this modification time and mode. */
  readonly adopt: (file: string, digest: Digest, seen?: Pick<Stats, 'mtimeMs' | 'mode'>, small?: Buffer) => void;
  /** What was adopted with its few bytes in hand and has not been asked for since; only the last ones are held. */
  readonly takeSmall: (digest: Digest) => Buffer | undefined;
  readonly put: (contents: string | Uint8Array) => Digest;
  readonly readText: (digest: Digest) => string | undefined;
  /** Undefined where it is missing or damaged. */
  readonly readBytes: (digest: Digest) => Buffer | undefined;
  readonly has: (digest: Digest, bytes?: number) => boolean;
  /** Whether this process put it there, so that nobody drops it; that it is still whole is asked when it is used. */
  readonly isOwn: (digest: Digest) => boolean;
  /** Whether the contents are what the name says. A damaged object is moved out of the store; hashed once a process. */
  readonly verify: (digest: Digest) => Promise<boolean>;
  readonly discard: (digest: Digest) => void;
  /** Says that this run counts on what lies there already, so that nobody drops it; to be looked at again afterwards. */
  readonly rely: (digests: readonly Digest[]) => Promise<void>;
  /** Forces these objects onto the disk itself. */
  readonly sync: (digests: readonly Digest[]) => Promise<void>;
}

/** An output is shown soon after it was taken; as many as may be between the two. */
const mostSmall = 64;

export function createObjects(
  layout: Layout,
  temporaryFolder: () => string,
  rely: Objects['rely'] = async () => {},
): Objects {
  const folders = new Set<string>();
  /** Modification times of objects that this process hashed; links change ctime, writing changes this. */
  const verified = new Map<Digest, number>();
  /** Objects that this process put in place, which nobody drops while it lives. */
  const adopted = new Set<Digest>();
  const small = new Map<Digest, Buffer>();
  const random = randomBytes(4).toString('hex');
  let count = 0;

  const temporary = () => {
    count += 1;
    return `${temporaryFolder()}/new-${random}-${count}`;
  };

  const folderOf = (path: string) => {
    const folder = dirname(path);
    if (folders.has(folder)) return;
    mkdirSync(folder, { recursive: true });
    folders.add(folder);
  };

  const adopt: Objects['adopt'] = (file, digest, seen = statSync(file), bytes) => {
    const place = layout.object(digest);
    folderOf(place);
    if ((seen.mode & 0o777) !== readOnly) chmodSync(file, readOnly);
    // Also where the object is there already: should it be damaged, it is healed by this.
    try {
      renameSync(file, place);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') mkdirSync(dirname(place), { recursive: true });
      if (code === 'ENOENT') renameSync(file, place);
      else throw error;
    }
    verified.set(digest, seen.mtimeMs);
    adopted.add(digest);
    if (bytes === undefined) return;
    small.set(digest, bytes);
    const [oldest] = small.keys();
    if (small.size > mostSmall && oldest !== undefined) small.delete(oldest);
  };

  const discard = (digest: Digest) => {
    verified.delete(digest);
    adopted.delete(digest);
    small.delete(digest);
    mkdirSync(layout.damaged, { recursive: true });
    try {
      renameSync(layout.object(digest), `${layout.damaged}/${digest}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  };

  const has = (digest: Digest, bytes?: number) => {
    const stats = statSync(layout.object(digest), { throwIfNoEntry: false });
    return stats?.isFile() === true && (bytes === undefined || stats.size === bytes);
  };

  const readBytes = (digest: Digest): Buffer | undefined => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(layout.object(digest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    if (digestBytes(bytes) === digest) return bytes;
    discard(digest);
    return undefined;
  };

  return {
    pathOf: layout.object,
    temporary,
    adopt,
    takeSmall: (digest) => {
      const bytes = small.get(digest);
      small.delete(digest);
      return bytes;
    },
    has,
    isOwn: (digest) => adopted.has(digest),
    discard,
    // What it put there itself nobody drops while it lives.
    rely: (digests) => rely(digests.filter((digest) => !adopted.has(digest))),
    put: (contents) => {
      const digest = typeof contents === 'string' ? digestText(contents) : digestBytes(contents);
      if (adopted.has(digest) && has(digest, Buffer.byteLength(contents))) return digest;
      const file = temporary();
      try {
        writeFileSync(file, contents);
        adopt(file, digest);
      } finally {
        rmSync(file, { force: true });
      }
      return digest;
    },
    readText: (digest) => readBytes(digest)?.toString('utf8'),
    readBytes,
    verify: async (digest) => {
      const place = layout.object(digest);
      const stats = statSync(place, { throwIfNoEntry: false });
      if (stats === undefined) return false;
      if (verified.get(digest) === stats.mtimeMs) return true;
      const contents = await hashContents(place);
      if (contents?.digest === digest) {
        verified.set(digest, contents.stats.mtimeMs);
        return true;
      }
      discard(digest);
      return false;
    },
    sync: async (digests) => {
      for (const digest of digests) {
        const file = await open(layout.object(digest), 'r');
        try {
          await file.sync();
        } finally {
          await file.close();
        }
      }
    },
  };
}

/** Copies a file onto the store's filesystem under a new name, sharing blocks where the filesystem can. */
export function copyInto(objects: Objects, path: string, flag: number): string {
  const file = objects.temporary();
  try {
    copyFileSync(path, file, flag);
    return file;
  } catch (error) {
    rmSync(file, { force: true });
    throw Object.assign(error as Error, { path: `${path} (${basename(file)})` });
  }
}
