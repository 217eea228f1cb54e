import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entryOf, manifestOf, treeOf } from '../hash/manifest.ts';
import { compareManifests } from '../hash/manifest-difference.ts';
import type { Manifest, ManifestEntry, OutputRecord, PathState } from '../model/artifact.ts';
import type { Digest } from '../model/names.ts';
import type { Files, Placed, ViewRequest } from '../model/ports.ts';
import { copyObject } from './take.ts';
import { type Writing, writeOutput } from './write-output.ts';

export interface ViewRoom extends Writing {
  readonly files: Pick<Files, 'look' | 'glance' | 'changedSince' | 'learn' | 'renamed'>;
  /** The folder of the view, and where it lies from the project: `artifacts`. */
  readonly folder: string;
  readonly shown: string;
  /** Where files of this run that a person changed are kept, and how that place is called. */
  readonly edited: string;
  readonly editedShown: string;
  readonly readManifest: (digest: Digest) => Manifest | undefined;
}

type Places = Pick<ViewRequest, 'places'>;

/** What a place holds now and what it shall hold, path by path; '' is the place itself. */
interface Difference {
  readonly wanted: readonly ManifestEntry[];
  readonly leftovers: readonly ManifestEntry[];
}

interface Step {
  readonly view: string;
  readonly state: PathState;
  readonly difference: Difference;
  readonly output: OutputRecord | null;
}

/**
 * Puts a record's outputs in place. Everything is checked before the first file is touched; then only what differs is
 * written. What a person made or changed there is moved aside, never removed.
 */
export async function placeOutputs(request: Places, room: ViewRoom): Promise<Placed> {
  const { steps, damaged } = await findSteps(request, room);
  for (const { difference } of steps) {
    for (const { path, digest, bytes } of difference.wanted) {
      const isThere = path.endsWith('/') || room.objects.isOwn(digest) || room.objects.has(digest, bytes);
      if (!isThere) damaged.push(digest);
    }
  }
  if (damaged.length > 0) return refuse(damaged, room);

  const links = steps.flatMap(({ view, difference }) => linksWithin(view, difference, room));
  if (links.length > 0) {
    const aside = links.map((link) => moveAside(join(room.folder, link), link, room));
    const placed = await placeOutputs(request, room);
    return placed.kind === 'placed' ? { ...placed, movedAside: [...aside, ...placed.movedAside] } : placed;
  }

  const movedAside: { from: string; to: string }[] = [];
  for (const { view, state, difference, output } of steps) {
    const staysFolder = output !== null && output.kind !== 'file';
    movedAside.push(...clearAway({ view, state, difference, staysFolder }, room));
    if (output === null) continue;
    const order = { place: join(room.folder, view), wanted: difference.wanted, output };
    damaged.push(...(await writeOutput(order, room)));
    room.files.renamed(difference.leftovers.map(({ digest }) => room.objects.pathOf(digest)));
  }
  return damaged.length > 0 ? refuse(damaged, room) : { kind: 'placed', movedAside };
}

/**
 * The outermost links through which a difference would be written or removed: the engine makes none, and what lies
 * behind one, perhaps the sources themselves, is not its own to change. Folders above the view may be links, since a
 * person may keep artifacts/ on another disk.
 */
function linksWithin(view: string, { wanted, leftovers }: Difference, room: ViewRoom): string[] {
  const links = new Set<string>();
  const known = new Map<string, boolean>();
  const isWithinLink = (path: string): boolean => {
    if (path !== view && !path.startsWith(`${view}/`)) return false;
    const before = known.get(path);
    if (before !== undefined) return before;
    const isLink = !isWithinLink(dirname(path)) && isLinkAt(join(room.folder, path));
    if (isLink) links.add(path);
    const isWithin = isLink || isWithinLink(dirname(path));
    known.set(path, isWithin);
    return isWithin;
  };
  // A link in a file's own place is replaced or moved by its name alone.
  for (const { path } of [...wanted, ...leftovers]) if (path !== '') isWithinLink(dirname(`${view}/${path}x`));
  return [...links];
}

/**
 * One file among a hundred thousand does not cost a look at all of them: what was not touched is what it was at the run's
 * look, or the next run sees that it is not. What shall be touched is asked for, since it may be a person's by now.
 */
async function findSteps(request: Places, room: ViewRoom): Promise<{ steps: Step[]; damaged: Digest[] }> {
  const glanced = await compareAll(request, room, room.files.glance);
  const touched = glanced.steps.flatMap(({ view, difference }) =>
    difference.leftovers.flatMap(({ path }) =>
      path.endsWith('/') ? [] : [{ path: join(room.folder, view, path), glob: false }],
    ),
  );
  const isTrue = touched.length === 0 || (await room.files.changedSince(touched)).length === 0;
  return isTrue ? glanced : compareAll(request, room, room.files.look);
}

async function compareAll(request: Places, room: ViewRoom, look: Files['look']) {
  const states = await look(request.places.map(({ view }) => ({ path: join(room.folder, view), glob: false })));
  const steps: Step[] = [];
  const damaged: Digest[] = [];
  for (const [index, { view, output }] of request.places.entries()) {
    const state = states[index] ?? { kind: 'missing' };
    const difference = differenceOf(state, output, room);
    if (difference === undefined) damaged.push(output?.digest as Digest);
    else if (difference !== 'same') steps.push({ view, state, difference, output });
    await heal(state, output, join(room.folder, view), room);
  }
  return { steps, damaged };
}

/** A damaged object leaves the store, so that the next one to ask finds it missing. */
function refuse(damaged: readonly Digest[], room: ViewRoom): Placed {
  const digests = [...new Set(damaged)];
  for (const digest of digests) room.objects.discard(digest);
  return { kind: 'damaged', digests };
}

/** Undefined where the manifest of what is wanted is not to be had. */
function differenceOf(state: PathState, output: OutputRecord | null, room: ViewRoom): Difference | 'same' | undefined {
  if (output === null) return state.kind === 'missing' ? 'same' : { wanted: [], leftovers: manifestAt(state).entries };
  if (state.kind === (output.kind === 'file' ? 'file' : 'folder') && digestOf(state) === (output.tree ?? output.digest))
    return 'same';
  // Two single files need no lists to be told apart, and most tasks make one.
  if (output.kind === 'file' && state.kind !== 'folder')
    return { wanted: [fileEntry(output)], leftovers: state.kind === 'file' ? [fileEntry(state)] : [] };
  const now = manifestAt(state);
  const wanted = output.kind === 'file' ? manifestOf([fileEntry(output)]) : room.readManifest(output.digest);
  if (wanted === undefined) return undefined;
  const { gone, come } = compareManifests(now, treeOf(wanted));
  return { wanted: come.map((row) => entryOf(wanted, row)), leftovers: gone.map((row) => entryOf(now, row)) };
}

function fileEntry({ digest, bytes }: Pick<OutputRecord, 'digest' | 'bytes'>): ManifestEntry {
  return { path: '', digest, bytes };
}

function digestOf(state: PathState): Digest | undefined {
  return state.kind === 'file' || state.kind === 'folder' ? state.digest : undefined;
}

function manifestAt(state: PathState): Manifest {
  if (state.kind === 'folder') return state.manifest();
  return manifestOf(state.kind === 'file' ? [fileEntry(state)] : []);
}

/** A view that is in place is a second copy of an object that went missing. */
async function heal(state: PathState, output: OutputRecord | null, path: string, { objects }: ViewRoom): Promise<void> {
  if (state.kind !== 'file' || state.digest !== output?.digest || objects.has(state.digest, state.bytes)) return;
  await copyObject(objects, path, state.digest);
}

interface Clearing {
  readonly view: string;
  readonly state: PathState;
  readonly difference: Difference;
  /** Whether a folder lies there afterwards. */
  readonly staysFolder: boolean;
}

/** Removes leftovers whose contents the store holds, and moves everything else aside. */
function clearAway({ view, state, difference, staysFolder }: Clearing, room: ViewRoom): { from: string; to: string }[] {
  const place = join(room.folder, view);
  // A link, an unreadable folder or the like: nobody knows what it holds, so it is kept as it is.
  if (state.kind === 'refused') return existsLink(place) ? [moveAside(place, view, room)] : [];
  const moved: { from: string; to: string }[] = [];
  const replaced = new Set(difference.wanted.map(({ path }) => path));
  const top = staysFolder ? place : room.folder;
  for (const { path, digest, bytes } of difference.leftovers) {
    const file = path === '' ? place : `${place}/${path}`;
    if (path.endsWith('/')) {
      removeEmpty(file.slice(0, -1), top);
      continue;
    }
    if (!room.objects.has(digest, bytes)) moved.push(moveAside(file, path === '' ? view : `${view}/${path}`, room));
    else if (replaced.has(path)) continue;
    else {
      rmSync(file, { force: true });
      room.files.renamed([room.objects.pathOf(digest)]);
    }
    room.files.learn([{ path: file, digest: null }]);
    if (path !== '' && !replaced.has(path)) removeEmpty(dirname(file), top);
  }
  if (state.kind === 'folder' && !staysFolder) removeEmpty(place, room.folder);
  return moved;
}

function existsLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isLinkAt(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    // Nothing is there, or a file stands where a folder will be.
    return false;
  }
}

function moveAside(file: string, name: string, room: ViewRoom): { from: string; to: string } {
  let target = `${room.edited}/${name}`;
  let shown = `${room.editedShown}/${name}`;
  for (let count = 2; existsLink(target); count++) {
    target = `${room.edited}/${name}.${count}`;
    shown = `${room.editedShown}/${name}.${count}`;
  }
  mkdirSync(dirname(target), { recursive: true });
  try {
    renameSync(file, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    // A person may keep artifacts/ on another disk.
    cpSync(file, target, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    rmSync(file, { recursive: true, force: true });
  }
  return { from: `${room.shown}/${name}`, to: shown };
}

/** Removes a folder and its parents below the top as long as nothing is in them. */
function removeEmpty(folder: string, top: string): void {
  for (let next = folder; next.startsWith(`${top}/`) && existsSync(next); next = dirname(next)) {
    if (readdirSync(next).length > 0) return;
    rmdirSync(next);
  }
}
