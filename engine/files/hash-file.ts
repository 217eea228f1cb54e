import { createHash, hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Digest } from '../model/names.ts';
import { fingerprintFrom, startFingerprint } from './fingerprint.ts';
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

/**
 * A piece has to stay in the core's own cache while it is hashed twice and copied for WebAssembly. Nanoseconds a byte for
 * reading, SHA-256 and fingerprint: 0.93 with 32 KB, 0.92 with 64, 0.88 with 128, 0.89 with 256; SHA-256 of a buffer in
 * memory takes 0.67. Reading alone takes four times as long from 256 KB on.
 */
const bufferBytes = 128 * 1024;
let buffer: Buffer | undefined;
const attempts = 3;

/**
 * Stat, read, stat: an answer is given only where both stats are the same. Reads in pieces, so that memory does not grow
 * with the file. `loadFingerprints()` has to be awaited before.
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
    const print = startFingerprint();
    if (readAll(file, stats.size, (bytes) => print.update(bytes)) && print.finish() === known.fingerprint) return known;
  }
  const digest = createHash('sha256');
  const print = startFingerprint();
  const whole = readAll(file, stats.size, (bytes) => {
    digest.update(bytes);
    print.update(bytes);
  });
  return whole ? { digest: digest.digest('hex') as Digest, fingerprint: print.finish() } : undefined;
}

function readSmall(file: number, bytes: number): Contents | undefined {
  buffer ??= Buffer.allocUnsafeSlow(bufferBytes);
  let length = 0;
  // One byte more than expected is asked for, so that a file that grew is noticed.
  while (length <= bytes) {
    const count = readSync(file, buffer, length, bytes + 1 - length, length);
    length += count;
    // Fewer bytes than asked for are the end of a file, so that the size that was expected needs no second question.
    if (count === 0 || length === bytes) break;
  }
  if (length !== bytes) return undefined;
  return { digest: hash('sha256', buffer.subarray(0, length), 'hex') as Digest, fingerprint: '' };
}

/** False where another number of bytes came than the file has. */
function readAll(file: number, bytes: number, take: (piece: Buffer) => void): boolean {
  buffer ??= Buffer.allocUnsafeSlow(bufferBytes);
  let position = 0;
  for (;;) {
    const count = readSync(file, buffer, 0, bufferBytes, position);
    if (count === 0) return position === bytes;
    take(buffer.subarray(0, count));
    position += count;
  }
}
