import { lstatSync, readdirSync, rmdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ClearedView, ViewEntry } from '../model/ports.ts';
import { measureFolder } from './measure.ts';
import { placeOutputs, type ViewRoom } from './place.ts';

/**
 * Takes everything out of the view that the store holds; what a person changed or put there is moved aside, as by a run.
 * A view that is a link to another disk stays one.
 */
export async function clearView(entries: readonly ViewEntry[], room: ViewRoom): Promise<ClearedView> {
  const isLink = lstatSync(room.folder, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  const before = await measureFolder(room.folder);
  // What the book knows first, since of that most is known by its stat.
  const shown = await clearPlaces(
    entries.flatMap(({ views = [] }) => views),
    room,
  );
  const rest = await clearPlaces(namesIn(room.folder), room);
  if (!isLink && namesIn(room.folder).length === 0 && before.files > 0) rmdirSync(room.folder);
  const movedAside = [...shown, ...rest];
  const project = dirname(room.folder);
  const kept = await Promise.all(movedAside.map(({ to }) => measure(resolve(project, to))));
  const sum = (of: 'files' | 'bytes') => kept.reduce((total, one) => total + one[of], 0);
  return { files: before.files - sum('files'), bytes: before.bytes - sum('bytes'), movedAside };
}

async function clearPlaces(views: readonly string[], room: ViewRoom) {
  const placed = await placeOutputs({ places: views.map((view) => ({ out: '', view, output: null })) }, room);
  if (placed.kind !== 'placed') throw new Error('Nothing was to be put in place.');
  return placed.movedAside;
}

async function measure(path: string) {
  const stats = lstatSync(path);
  return stats.isDirectory() ? measureFolder(path) : { files: 1, bytes: stats.isFile() ? stats.size : 0 };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(join(folder, '/'));
  } catch {
    // It is not there, or a file stands in its place.
    return [];
  }
}
