import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ManifestEntry, OutputRecord } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';
import type { Files } from '../model/ports.ts';
import type { Objects } from './objects.ts';
import { putInPlace } from './put-in-place.ts';

export interface Writing {
  readonly objects: Objects;
  readonly files: Pick<Files, 'learn'>;
  /** An empty folder on the store's filesystem, which is swept when the run is gone. */
  readonly emptyFolder: () => Promise<string>;
}

interface Order {
  /** Where the output lies, absolute. */
  readonly place: string;
  /** What is not there as it should be; '' is the place itself. */
  readonly wanted: readonly ManifestEntry[];
  readonly output: OutputRecord;
}

/**
 * Gives the digests of objects that turned out damaged. A folder that is not there yet is filled aside and appears as a
 * whole, which is also the quickest way: a filesystem takes its time over many new files in one common folder.
 */
export async function writeOutput(order: Order, writing: Writing): Promise<Digest[]> {
  const { place, output } = order;
  const folder = output.kind === 'file' ? dirname(place) : place;
  const filled = existsSync(folder) ? undefined : await fillAside(order, folder, writing);
  if (filled === undefined) mkdirSync(folder, { recursive: true });
  const { written, damaged } = filled ?? (await fill(order, { folder: place, isAside: false }, writing.objects));
  const seen = written.map(({ path, digest }) => ({ path: path === '' ? place : `${place}/${path}`, digest }));
  writing.files.learn(output.kind === 'file' ? seen : [...seen, { path: `${place}/`, digest: null }]);
  return damaged;
}

interface Filled {
  readonly written: readonly { readonly path: string; readonly digest: Digest | null }[];
  readonly damaged: Digest[];
}

/** Undefined where the folder cannot be moved into its place: it lies on another disk, say, or something is in the way. */
async function fillAside(order: Order, folder: string, writing: Writing): Promise<Filled | undefined> {
  const aside = await writing.emptyFolder();
  let isMoved = false;
  try {
    const inside = join(aside, relative(folder, order.place));
    const filled = await fill(order, { folder: inside, isAside: true }, writing.objects);
    if (filled.damaged.length > 0) return { ...filled, written: [] };
    isMoved = moveFolder(aside, folder);
    return isMoved ? filled : undefined;
  } finally {
    if (!isMoved) rmSync(aside, { recursive: true, force: true });
  }
}

function moveFolder(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
  }
  try {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

interface Target {
  readonly folder: string;
  /** Nobody looks there before all is written. */
  readonly isAside: boolean;
}

async function fill({ wanted, output }: Order, { folder, isAside }: Target, objects: Objects): Promise<Filled> {
  const damaged: Digest[] = [];
  const written: { path: string; digest: Digest | null }[] = [];
  const folders = new Set<string>([folder]);
  for (const { path, digest } of wanted) {
    const file = path === '' ? folder : `${folder}/${path}`;
    if (path.endsWith('/')) {
      mkdirSync(file, { recursive: true });
      written.push({ path, digest: null });
      continue;
    }
    if (path !== '' && !folders.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
    folders.add(dirname(file));
    // Links share their bytes with the store, which is worth it only where files come by the ten thousand.
    const isPlaced = await putInPlace({ objects, digest, file, link: output.kind === 'items', isAside });
    if (isPlaced) written.push({ path, digest });
    else damaged.push(digest);
  }
  return { written, damaged };
}
