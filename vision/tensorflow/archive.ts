/**
 * Reading zip archives: wheels, and PyTorch's newer weight files.
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile, type ZipFileOptions } from 'yauzl';

export interface Archive {
  readonly entries: ReadonlyMap<string, Entry>;
  /** The contents of one entry, or a part of them; throws where the archive lacks it. Of what is stored as it is, only the part is read. */
  read(name: string, part?: Part): Promise<Buffer>;
  /** Writes an entry's contents to a file, making its folder. `onBytes` is told the size of every piece written. */
  extract(name: string, path: string, onBytes?: (count: number) => void): Promise<void>;
  close(): void;
}

export interface Part {
  readonly start: number;
  readonly length: number;
}

/** Opens a zip archive. yauzl refuses entries whose names lead out of the folder that they would be unpacked to. */
export async function openArchive(path: string): Promise<Archive> {
  const zip = await open(path);
  const entries = new Map<string, Entry>();
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on('end', resolve);
    zip.on('error', reject);
    zip.readEntry();
  });

  function stream(name: string, options: ZipFileOptions = {}): Promise<Readable> {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`${path} has no entry ${name}.`);
    return new Promise((resolve, reject) => {
      zip.openReadStream(entry, options, (error, readable) => (error ? reject(error) : resolve(readable)));
    });
  }

  return {
    entries,
    async read(name, part) {
      const { start, length } = part ?? { start: 0, length: Number.POSITIVE_INFINITY };
      const end = start + length;
      // What is compressed has to be unpacked from its beginning.
      const isWhole = part === undefined || entries.get(name)?.isCompressed() === true;
      const pieces: Buffer[] = [];
      let position = isWhole ? 0 : start;
      for await (const piece of await stream(name, isWhole ? {} : { start, end })) {
        pieces.push((piece as Buffer).subarray(Math.max(0, start - position), Math.max(0, end - position)));
        position += (piece as Buffer).length;
        if (position >= end) break;
      }
      return Buffer.concat(pieces);
    },
    async extract(name, target, onBytes) {
      await mkdir(dirname(target), { recursive: true });
      const source = await stream(name);
      if (onBytes) source.on('data', (piece: Buffer) => onBytes(piece.length));
      await pipeline(source, createWriteStream(target));
    },
    close: () => zip.close(),
  };
}

/** Unpacks the entries that `wanted` maps to a path below `folder`, and returns these paths. */
export async function unpack(
  archive: Archive,
  folder: string,
  wanted: (name: string) => string | undefined,
): Promise<readonly string[]> {
  const written: string[] = [];
  for (const name of archive.entries.keys()) {
    const path = name.endsWith('/') ? undefined : wanted(name);
    if (path === undefined) continue;
    await archive.extract(name, join(folder, path));
    written.push(path);
  }
  return written;
}

function open(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error) reject(new Error(`${path} is not a readable zip archive: ${error.message}`));
      else resolve(zip);
    });
  });
}
