/**
 * What the scheduler and the planner see of the world, with job.ts and stage-code.ts. Each interface is implemented by the room of its name
 * and handed over by engine.ts; the pure rooms know these types alone.
 */
import type { Manifest, OutputRecord, PathState } from './artifact.ts';
import type { RunEvent } from './event.ts';
import type { JournalEnd, JournalHead, JournalLine, RunJournal } from './journal.ts';
import type { ActionKey, Digest, Json, RunId, TaskName } from './names.ts';
import type { ActionRecord, ItemRecord, KeyMaterial, Steps } from './record.ts';
import type { PipelineSettings } from './spec.ts';

export interface PathQuery {
  /** Relative to the project, or absolute. */
  readonly path: string;
  readonly glob: boolean;
  /** Of a stage's code, of which what an interpreter keeps beside it is no part. */
  readonly code?: true;
}

/** files/: what lies on disk, known by stat where it can be. */
export interface Files {
  /**
   * Answers all queries, in their order: stats first, then hashes in parallel what the stat cache does not know. `stirred`
   * is called where a known folder's own time shows that names came or went, which is before its files are asked one by
   * one; at a change within a file it is not.
   */
  readonly look: (queries: readonly PathQuery[], stirred?: () => void) => Promise<readonly PathState[]>;
  /**
   * As `look`, but of a folder that was looked at before only the times of its folders are asked again: what came, went
   * or was replaced since then is seen, what was written into a file in its place is not. For many files of which few are
   * to be touched; `changedSince` then tells of these.
   */
  readonly glance: (queries: readonly PathQuery[]) => Promise<readonly PathState[]>;
  /** Of these queries, the paths of files that no longer are what the last `look` saw (by stat; nothing is hashed). */
  readonly changedSince: (queries: readonly PathQuery[]) => Promise<readonly string[]>;
  /**
   * The engine itself wrote these files (absolute paths) and knows their contents, or removed them (null): the next
   * `look` need not hash them, and `changedSince` does not count them.
   */
  readonly learn: (written: readonly { readonly path: string; readonly digest: Digest | null }[]) => void;
  /** The engine made or removed another name of these files (absolute paths), which moved their ctime and nothing else. */
  readonly renamed: (paths: readonly string[]) => void;
  /** Keeps what was hashed for the next process. */
  readonly save: () => Promise<void>;
}

export interface TakenOutput {
  readonly digest: Digest;
  readonly bytes: number;
  /** For a folder. */
  readonly manifest?: Manifest;
}

export interface ViewEntry {
  readonly key: ActionKey;
  readonly record: ActionRecord;
  /** Shown by a person's choice. */
  readonly kept?: true;
  /** Where its outputs lie below artifacts/; absent in a book of an earlier version. */
  readonly views?: readonly string[];
}

export type Placed =
  /** `movedAside` lists files that a person had changed, with the place where they lie now. */
  | { readonly kind: 'placed'; readonly movedAside: readonly { readonly from: string; readonly to: string }[] }
  /** Objects that are missing or whose contents are not what their names say; they were put out of the store. */
  | { readonly kind: 'damaged'; readonly digests: readonly Digest[] };

/** What was removed; `movedAside` as of `Placed`. */
export interface ClearedView {
  readonly files: number;
  readonly bytes: number;
  readonly movedAside: readonly { readonly from: string; readonly to: string }[];
}

/** One output of a record and where its view lies below artifacts/. */
export interface ViewRequest {
  readonly task: TaskName;
  readonly record: ActionRecord;
  readonly kept?: true;
  readonly places: readonly { readonly out: string; readonly view: string; readonly output: OutputRecord | null }[];
  /** Ends the wait for another run that is putting the same task in place, or reads another result of it. */
  readonly signal?: AbortSignal;
  /** Told of that other run, once. */
  readonly waiting?: Waiting;
}

export type Waiting = (run: RunId) => void;

/** An output of a task that another task reads in artifacts/. */
export interface ReadOutput {
  readonly task: TaskName;
  readonly out: string;
  readonly digest: Digest;
}

export interface ExportRequest {
  readonly output: OutputRecord;
  /** Absolute; neither artifacts/ nor .flow/. */
  readonly to: string;
  /** Whether another file or folder there may be replaced. */
  readonly overwrite: boolean;
}

export type Exported =
  | { readonly kind: 'written' | 'same' | 'damaged' }
  | { readonly kind: 'occupied'; readonly by: 'file' | 'folder' | 'other' };

export interface JournalWriter {
  readonly write: (event: RunEvent) => void;
  /** All of it is on disk when it returns; without keys where the run ended by a bug. */
  readonly close: (keys?: JournalEnd['keys']) => Promise<void>;
}

/** A key held by one run; another run that wants it waits. Dies with the process. */
export interface Claim {
  readonly release: () => Promise<void>;
}

/** store/: objects by digest, records, their index, the view, claims. All paths below .flow/ and artifacts/. */
export interface Store {
  readonly find: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ActionRecord>>;
  readonly findItems: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ItemRecord>>;
  readonly materials: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, KeyMaterial>>;
  /** Every key that was ever made, with what went into it: the whole history at a tenth of its size. */
  readonly steps: () => Promise<Steps>;
  /** Every record, newest first, of one task or of all; or at most so many. */
  readonly history: (task?: TaskName, most?: number) => Promise<readonly ActionRecord[]>;
  /** Durable when it returns; calls that come while one is under way are written together. */
  readonly commit: (made: {
    readonly records?: readonly { readonly record: ActionRecord; readonly material: KeyMaterial }[];
    readonly items?: readonly ItemRecord[];
  }) => Promise<void>;

  /** Moves a finished attempt's file or folder into the objects, hashed on the way; undefined where nothing is there. */
  readonly take: (path: string, kind: 'file' | 'folder') => Promise<TakenOutput | undefined>;
  /** The same of a task's log, which mostly is not there. */
  readonly takeLog: (path: string) => Promise<TakenOutput | undefined>;
  readonly putText: (text: string) => Promise<Digest>;
  /** Undefined where the object is missing or damaged. */
  readonly readText: (digest: Digest) => Promise<string | undefined>;
  /** Of many small objects, without those that are missing; the texts are kept where the next asks sooner finds them. */
  readonly readTexts: (digests: readonly Digest[]) => Promise<ReadonlyMap<Digest, string>>;
  readonly readBytes: (digest: Digest) => Promise<Uint8Array | undefined>;
  readonly putManifest: (manifest: Manifest) => Promise<Digest>;
  readonly readManifest: (digest: Digest) => Promise<Manifest | undefined>;
  /** Which of these objects are not there (by name and size only, or by name alone). */
  readonly missing: (
    objects: readonly { readonly digest: Digest; readonly bytes?: number }[],
  ) => Promise<readonly Digest[]>;
  /** Whether `flow gc` dropped an object after this moment; milliseconds since 1970. */
  readonly wasDropped: (digest: Digest, since: number) => Promise<boolean>;

  /** What artifacts/ shows, by task. */
  readonly view: () => Promise<ReadonlyMap<TaskName, ViewEntry>>;
  /** Puts outputs in place below artifacts/; only files that differ are written. */
  readonly place: (request: ViewRequest) => Promise<Placed>;
  /** Writes a file or folder outside the view, whole or not at all. */
  readonly exportOutput: (request: ExportRequest) => Promise<Exported>;
  /** Keeps the view's book for the next process, with the settings of the run that artifacts/ shows. */
  readonly saveView: (settings?: PipelineSettings) => Promise<void>;
  readonly viewSettings: () => Promise<PipelineSettings | undefined>;
  /** Empties artifacts/ and forgets what it showed; the objects stay, and so does, elsewhere, what a person changed there. */
  readonly clearView: () => Promise<ClearedView>;
  /** Other runs that go on in this folder. */
  readonly livingRuns: () => Promise<readonly RunId[]>;
  /** Bytes below .flow/. */
  readonly bytes: () => Promise<number>;

  /** Says that this run counts on objects that it found, so that nobody drops them to make room. */
  readonly rely: (digests: readonly Digest[]) => Promise<void>;
  /** Waits while another process holds the key. */
  readonly claim: (key: ActionKey, signal: AbortSignal, waiting?: Waiting) => Promise<Claim>;
  /** Says that tasks of this run read these in artifacts/: no later run replaces them before it has ended. */
  readonly reading: (outputs: readonly ReadOutput[]) => Promise<void>;
  /** Waits until no run that began earlier goes on. */
  readonly passEarlier: (waiting: Waiting, signal: AbortSignal) => Promise<void>;
  /** A new empty folder on the store's filesystem, swept when its run is gone. */
  readonly attemptFolder: (task: TaskName) => Promise<string>;
  readonly dropAttempt: (folder: string) => Promise<void>;
  /** Makes folders with their parents. */
  readonly makeFolders: (paths: readonly string[]) => Promise<void>;
  /** A folder that outlives attempts; whoever writes into it makes it. */
  readonly checkpointFolder: (name: Digest) => Promise<string>;
  readonly dropCheckpoint: (name: Digest) => Promise<void>;
  readonly logFile: (task: TaskName) => Promise<string>;
  /** Writes down what a run says; a run in which nothing happens leaves nothing. */
  readonly openJournal: (head: JournalHead, now: () => number) => JournalWriter;
  /** Runs with a journal, newest first. */
  readonly journals: () => Promise<readonly RunId[]>;
  readonly readJournal: (run: RunId) => Promise<RunJournal | undefined>;
  /** Every line of the newest run's journal and of later ones, as they are written, until the signal is aborted. */
  readonly followJournals: (signal: AbortSignal) => AsyncIterable<{ readonly run: RunId; readonly line: JournalLine }>;
  readonly isRunning: (run: RunId) => Promise<boolean>;
  /** Removes what killed runs left behind, which a run that writes does by itself at its start. */
  readonly buryDead: () => Promise<void>;
  /** The last lines of a log; empty where nothing was logged. */
  readonly logTail: (logFile: string, lines: number) => Promise<readonly string[]>;
  /** Whether next to nothing more can be written where attempts and logs lie. */
  readonly isFull: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** What planning needs from outside besides files, store and code. */
export interface Machine {
  readonly nodeMajor: number;
  readonly architecture: string;
  readonly host: string;
  readonly cores: number;
  readonly memory: number;
  readonly gpus: number;
  readonly environment: (name: string) => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds; ends early, without an error, when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export type { Json };
