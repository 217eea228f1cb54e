import { createHash, hash } from 'node:crypto';
import { closeSync, constants, fchmodSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Digest } from '../model/names.ts';

export interface Contents {
  readonly digest: Digest;
  readonly bytes: number;
  readonly stats: Stats;
  /** The bytes themselves where they are few. */
  readonly small?: Buffer;
}

/** Bytes of which a copy costs next to nothing, since Node takes it from memory that it holds for such. */
const smallBytes = 4096;

const pieceBytes = 1024 * 1024;
let piece: Buffer | undefined;

/**
 * SHA-256 of a file, by stat, read, stat; undefined where it changed meanwhile. Small files are read in one go and
 * without a promise a step, since a stage of items brings them by the ten thousand.
 */
export async function hashContents(path: string): Promise<Contents | undefined> {
  const file = openSync(path, 'r');
  try {
    const before = fstatSync(file);
    const digest = before.size < pieceBytes ? digestOf(readPiece(file, before.size)) : await hashLarge(file);
    return contentsOf(digest, before, fstatSync(file));
  } finally {
    closeSync(file);
  }
}

/**
 * The same of a small plain file of one name, which is read-only afterwards; undefined where it is anything else. One
 * open file answers what four paths would be followed for, and no promise is made.
 */
export function sealSmall(path: string): Contents | undefined {
  let file: number;
  try {
    // Neither through a link, nor waiting for whoever writes into a pipe.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const before = fstatSync(file);
    if (!before.isFile() || before.nlink > 1 || before.size >= pieceBytes) return undefined;
    const bytes = readPiece(file, before.size);
    const contents = contentsOf(digestOf(bytes), before, fstatSync(file));
    if (contents === undefined || bytes === undefined) return undefined;
    fchmodSync(file, readOnly);
    return bytes.length <= smallBytes ? { ...contents, small: Buffer.from(bytes) } : contents;
  } finally {
    closeSync(file);
  }
}

/** The mode of every object. */
export const readOnly = 0o444;

function contentsOf(digest: Digest | undefined, before: Stats, after: Stats): Contents | undefined {
  const changed = before.size !== after.size || before.mtimeMs !== after.mtimeMs || before.ctimeMs !== after.ctimeMs;
  return changed || digest === undefined ? undefined : { digest, bytes: after.size, stats: after };
}

/** In a buffer that the next call fills anew; undefined where the file ends too soon. */
function readPiece(file: number, bytes: number): Buffer | undefined {
  piece ??= Buffer.allocUnsafeSlow(pieceBytes);
  let length = 0;
  while (length < bytes) {
    const count = readSync(file, piece, length, bytes - length, length);
    if (count === 0) return undefined;
    length += count;
  }
  return piece.subarray(0, length);
}

function digestOf(bytes: Buffer | undefined): Digest | undefined {
  return bytes && (hash('sha256', bytes, 'hex') as Digest);
}

/** Leaves the event loop a breath after every megabyte. Has a buffer of its own, since others may hash meanwhile. */
async function hashLarge(file: number): Promise<Digest> {
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  const digest = createHash('sha256');
  let position = 0;
  for (;;) {
    const count = readSync(file, buffer, 0, pieceBytes, position);
    if (count === 0) return digest.digest('hex') as Digest;
    digest.update(buffer.subarray(0, count));
    position += count;
    await breathe();
  }
}
