import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf, parseManifest } from '../hash/manifest.ts';
import type { Manifest } from '../model/artifact.ts';
import type { Failure } from '../model/event.ts';
import type { ActionKey, Digest, RunId } from '../model/names.ts';
import type { Files, Store, ViewRequest, Waiting } from '../model/ports.ts';
import type { Upkeep } from '../model/upkeep.ts';
import { createClaims } from './claims.ts';
import { clearView } from './clear-view.ts';
import { createCommits, segmentName } from './commits.ts';
import { createDroppedSearch } from './dropped.ts';
import { exportOutput } from './export.ts';
import { followJournals } from './follow-journals.ts';
import { listJournals, openJournal, readJournal } from './journals.ts';
import { fileNameOf, layoutBelow } from './layout.ts';
import { createLives } from './lives.ts';
import { storeBytes } from './measure.ts';
import { createObjects } from './objects.ts';
import { placeOutputs, type ViewRoom } from './place.ts';
import { createReaders } from './readers.ts';
import { createRecordIndex } from './record-index.ts';
import { createReliance } from './reliance.ts';
import { diskBelow, diskFailure } from './store-error.ts';
import { takeOutput } from './take.ts';
import { createUpkeep } from './upkeep.ts';
import { createViewBook } from './view-book.ts';
import { createWorkspace } from './workspace.ts';

export interface StoreOptions {
  /** The project's folder, absolute; the store lies in .flow/ and the view in artifacts/ below it. */
  readonly root: string;
  readonly run: RunId;
  readonly files: Pick<Files, 'look' | 'glance' | 'changedSince' | 'learn' | 'renamed'>;
  /** Ends what is left of dead runs' children before their folders are swept. */
  readonly endOrphans?: (runs: readonly string[]) => void;
}

/** The store of a project, with what a task fails with where a disk is to blame. */
export type OpenStore = Store & {
  readonly diskFailure: (error: unknown) => Failure | undefined;
  readonly upkeep: Upkeep;
};

const viewFolder = 'artifacts';
/** Characters of a text that the index keeps: figures are short, and tables would make it large. */
const longestKept = 4000;

/** What the task showed at places that it declares no more; taken away first, since it may lie in the way. */
function undeclared(former: readonly string[], { places }: ViewRequest): ViewRequest['places'] {
  const views = new Set(places.map(({ view }) => view));
  return former.flatMap((view) => (views.has(view) ? [] : [{ out: '', view, output: null }]));
}

/**
 * Writes nothing and loads no database before something has to be found or kept. What the disk refuses comes as a
 * StoreError with a sentence; whatever stops half-way leaves a store in which everything that has a name is whole.
 */
export function createStore({ root, run, files, endOrphans = () => {} }: StoreOptions): OpenStore {
  const layout = layoutBelow(root);
  const onDisk = diskBelow(layout.folder);
  const lives = createLives({ layout, run, endOrphans });
  const workspace = createWorkspace(layout, run, lives);
  const objects = createObjects(layout, workspace.temporaryFolder, createReliance(layout, run, lives));
  const index = createRecordIndex(layout, segmentName(run));
  const commits = createCommits({ layout, run, objects, index, begin: lives.begin });
  const book = createViewBook(layout.book);
  const wasDropped = createDroppedSearch(layout);
  const readers = createReaders(layout, run, lives);
  const hold = createClaims({ layout, run, lives, temporary: objects.temporary });
  const folder = join(root, viewFolder);

  const readText = (digest: Digest) => objects.readText(digest);
  /** Opening a thousand files costs more than all else that tells of them, so that the index keeps what they say. */
  const readTexts = async (digests: readonly Digest[]) => {
    const kept = await index.texts(digests);
    const fresh = new Map<Digest, string>();
    for (const digest of digests) {
      const text = kept.has(digest) ? undefined : objects.readText(digest);
      if (text !== undefined) fresh.set(digest, text);
    }
    await index.keepTexts(new Map([...fresh].filter(([, { length }]) => length <= longestKept)));
    return new Map([...kept, ...fresh]);
  };
  const readStored = (digest: Digest): Manifest | undefined => {
    const bytes = objects.readBytes(digest);
    return bytes && parseManifest(bytes);
  };
  /** Lists that this process wrote or read and has not let go of: one of a hundred thousand items is asked for often. */
  const known = new Map<Digest, WeakRef<Manifest>>();
  const putManifest = (manifest: Manifest): Digest => {
    known.set(manifest.digest, new WeakRef(manifest));
    return objects.put(linesOf(manifest).bytes);
  };
  const readManifest = (digest: Digest): Manifest | undefined => {
    const held = known.get(digest)?.deref();
    if (held !== undefined) return held;
    const manifest = readStored(digest);
    if (manifest) known.set(digest, new WeakRef(manifest));
    return manifest;
  };
  /** What writes does so under this run's lock, so that nobody sweeps it away. */
  const writing = async <T>(work: () => T | Promise<T>, path?: string): Promise<T> => {
    await onDisk(lives.begin);
    return onDisk(work, path);
  };
  const holding = async <T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    const claim = await hold(name, signal);
    try {
      return await work();
    } finally {
      await claim.release();
    }
  };
  const claimKey = async (key: ActionKey, signal: AbortSignal, waiting?: Waiting) => {
    const claim = await hold(key, signal, waiting);
    // What another run recorded since the last look, whether it was waited for or not.
    await index.refresh();
    return claim;
  };
  const place = async (request: ViewRequest) => {
    const { record, task, kept } = request;
    const former = book.entries().get(task)?.views ?? [];
    // Forgotten first: should this stop half-way, the book does not say that the old result is shown.
    book.forget(task);
    await objects.rely(Object.values(record.outputs).flatMap((output) => output?.digest ?? []));
    const gone = undeclared(former, request);
    const cleared = gone.length > 0 ? await placeOutputs({ ...request, places: gone }, room) : undefined;
    const placed = await placeOutputs(request, room);
    const views = request.places.map(({ view }) => view);
    if (placed.kind === 'placed') book.set(task, { key: record.key, record, views, ...(kept ? { kept } : {}) });
    if (placed.kind !== 'placed' || cleared?.kind !== 'placed') return placed;
    return { ...placed, movedAside: [...cleared.movedAside, ...placed.movedAside] };
  };
  const room: ViewRoom = {
    objects,
    files,
    folder,
    shown: viewFolder,
    edited: layout.edited(run),
    editedShown: `.flow/edited/${run}`,
    readManifest,
    emptyFolder: workspace.emptyFolder,
  };

  const { commit } = commits;
  return {
    diskFailure: (error) => diskFailure(error, layout.folder),
    upkeep: createUpkeep({ root, layout, run, lives, objects, index, book, files, readManifest: readStored, commit }),
    find: (keys) => onDisk(() => index.find(keys)),
    findItems: (keys) => onDisk(() => index.findItems(keys)),
    materials: (keys) => onDisk(() => index.materials(keys)),
    steps: () => onDisk(() => index.steps()),
    history: (task, most) => onDisk(() => index.history(task, most)),
    commit: (made) => onDisk(() => commits.commit(made)),

    take: (path, kind) => writing(() => takeOutput(objects, path, kind)),
    // Most tasks print nothing, and to be told so by an error would cost more.
    takeLog: (path) => writing(() => (existsSync(path) ? takeOutput(objects, path, 'file') : undefined)),
    putText: (text) => writing(() => objects.put(text)),
    readText: (digest) => onDisk(() => readText(digest)),
    readTexts: (digests) => onDisk(() => readTexts(digests)),
    readBytes: (digest) => onDisk(() => objects.readBytes(digest)),
    putManifest: (manifest) => writing(() => putManifest(manifest)),
    readManifest: (digest) => onDisk(() => readManifest(digest)),
    missing: (wanted) =>
      onDisk(() => wanted.flatMap(({ digest, bytes }) => (objects.has(digest, bytes) ? [] : [digest]))),
    wasDropped: (digest, since) => onDisk(() => wasDropped(digest, since)),

    view: () => onDisk(() => book.entries(), layout.folder),
    // One run at a time: a file that another run puts in place again would seem changed to whoever is reading it.
    place: (request) =>
      writing(async () => {
        await readers.passReaders(request);
        return holding(`view-${fileNameOf(request.task)}`, () => place(request), request.signal);
      }),
    reading: (outputs) => onDisk(() => readers.read(outputs)),
    passEarlier: (waiting, signal) => onDisk(() => readers.passEarlier(waiting, signal)),
    exportOutput: (request) => writing(() => exportOutput(request, { objects, files, readManifest }), request.to),
    saveView: (settings) =>
      onDisk(async () => {
        if (!book.isChanged(settings) || (settings === undefined && !existsSync(layout.folder))) return;
        await writing(() => holding('view', async () => book.save(settings)));
      }, layout.book),
    viewSettings: () => onDisk(() => book.settings(), layout.folder),
    clearView: () =>
      writing(async () => {
        const entries = [...book.entries().values()];
        // First, since where the store may not be written nothing is to be removed.
        rmSync(layout.book, { force: true });
        book.clear();
        return clearView(entries, room);
      }),
    livingRuns: () => onDisk(lives.others),
    bytes: () => storeBytes(root),

    rely: (digests) => onDisk(() => objects.rely(digests)),
    claim: (key, signal, waiting) => onDisk(() => claimKey(key, signal, waiting)),
    attemptFolder: (task) => onDisk(() => workspace.attemptFolder(task)),
    dropAttempt: (path) => onDisk(() => workspace.dropAttempt(path)),
    makeFolders: (paths) => onDisk(() => workspace.makeFolders(paths)),
    checkpointFolder: (name) => onDisk(() => workspace.checkpointFolder(name)),
    dropCheckpoint: (name) => onDisk(() => workspace.dropCheckpoint(name)),
    openJournal: (head, now) => openJournal(layout.journals, head, now),
    journals: () => onDisk(() => listJournals(layout.journals), layout.journals),
    readJournal: (name) => onDisk(() => readJournal(layout.journals, name), layout.journals),
    followJournals: (signal) => followJournals(layout.journals, signal),
    buryDead: () => onDisk(lives.buryDead, layout.folder),
    isRunning: (name) => onDisk(() => existsSync(layout.lock(name)) && lives.lives(name)),
    logFile: (task) => onDisk(() => workspace.logFile(task)),
    logTail: (path, lines) => onDisk(() => workspace.logTail(path, lines)),
    isFull: () => onDisk(() => workspace.isFull()),
    close: async () => {
      await commits.close();
      await index.close();
      lives.end();
    },
  };
}
export { StoreError } from './store-error.ts';
