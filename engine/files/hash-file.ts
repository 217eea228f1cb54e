import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Digest } from '../model/names.ts';
import { fingerprintFrom, openFingerprints, openPage } from './fingerprint.ts';
import { type FileStat, fileStat, isFile, sameStat } from './stats.ts';

/** What was known of the file before it was touched. */
export interface KnownContents {
  readonly bytes: number;
  readonly digest: Digest;
  readonly fingerprint: string;
}

export interface HashRequest {
  readonly path: string;
  readonly known?: KnownContents;
}

export type HashAnswer =
  | {
      readonly kind: 'hashed';
      readonly digest: Digest;
      /** Empty where the file is too small to have one. */
      readonly fingerprint: string;
      readonly stat: FileStat;
      readonly device: number;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly reason: string };

const attempts = 3;

/**
 * Stat, read, stat: an answer is given only where both stats are the same. Reads in pieces, so that memory does not grow
 * with the file.
 */
export function hashFile({ path, known }: HashRequest): HashAnswer {
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const answer = hashOnce(path, known);
      if (answer !== undefined) return answer;
    }
    return { kind: 'refused', reason: `${path} goes on changing while it is read; run again when it is complete` };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    if (code === 'EACCES' || code === 'EPERM') return { kind: 'refused', reason: `no permission to read ${path}` };
    return { kind: 'refused', reason: `${path} cannot be read: ${message}` };
  }
}

/** Undefined where the file changed meanwhile. */
function hashOnce(path: string, known: KnownContents | undefined): HashAnswer | undefined {
  const file = openSync(path, 'r');
  try {
    const before = fstatSync(file);
    if (!isFile(before)) return { kind: 'refused', reason: `${path} is neither a file nor a folder` };
    const contents = read(file, before, known);
    const after = fstatSync(file);
    if (contents === undefined || !sameStat(fileStat(before), fileStat(after))) return undefined;
    return { kind: 'hashed', ...contents, stat: fileStat(after), device: after.dev };
  } finally {
    closeSync(file);
  }
}

interface Contents {
  readonly digest: Digest;
  readonly fingerprint: string;
}

function read(file: number, stats: Stats, known: KnownContents | undefined): Contents | undefined {
  if (stats.size < fingerprintFrom) return readSmall(file, stats.size);
  if (known !== undefined && known.fingerprint !== '' && known.bytes === stats.size) {
    const print = openFingerprints().start();
    if (readAll(file, stats.size, (piece) => print.update(piece.length)) && print.finish() === known.fingerprint)
      return known;
  }
  const digest = createHash('sha256');
  const print = openFingerprints().start();
  const whole = readAll(file, stats.size, (piece) => {
    digest.update(piece);
    print.update(piece.length);
  });
  return whole ? { digest: digest.digest('hex') as Digest, fingerprint: print.finish() } : undefined;
}

function readSmall(file: number, bytes: number): Contents | undefined {
  const piece = openPage();
  let length = 0;
  // One byte more than expected is asked for, so that a file that grew is noticed.
  while (length <= bytes) {
    const count = readSync(file, piece, length, bytes + 1 - length, length);
    length += count;
    // Fewer bytes than asked for are the end of a file, so that the size that was expected needs no second question.
    if (count === 0 || length === bytes) break;
  }
  if (length !== bytes) return undefined;
  return { digest: hash('sha256', piece.subarray(0, length), 'hex') as Digest, fingerprint: '' };
}

/** False where another number of bytes came than the file has. */
function readAll(file: number, bytes: number, take: (piece: Buffer) => void): boolean {
  const { piece } = openFingerprints();
  let position = 0;
  for (;;) {
    const count = readSync(file, piece, 0, piece.length, position);
    if (count === 0) return position === bytes;
    take(piece.subarray(0, count));
    position += count;
  }
}
