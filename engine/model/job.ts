/** The port of exec/: what is run, and what is heard of it. */
import type { Failure } from './event.ts';
import type { Digest, JsonObject, Matrix, TaskName } from './names.ts';
import type { SkippedItem } from './record.ts';

export interface ProgressReport {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly note?: string;
}

export type JobInput =
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'items';
      readonly folder: string;
      readonly items: readonly { readonly id: string; readonly path: string }[];
      readonly skipped: readonly SkippedItem[];
    }
  | {
      readonly kind: 'list';
      readonly entries: readonly {
        readonly path: string;
        readonly stage?: string;
        readonly matrix: Matrix;
        readonly out?: string;
      }[];
    }
  | { readonly kind: 'absent' };

export interface JobItem {
  readonly id: string;
  /** Absolute. */
  readonly path: string;
  readonly digest: Digest;
  /** Absolute paths in the attempt's folder; their parents exist. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Of a `run:` stage, filled in. */
  readonly command?: string | readonly string[];
  readonly seed: string;
}

/** A command's turn where no core is free yet: it begins without a word from the engine when another's command has ended. */
export interface Turn {
  /** The task whose core it takes over. */
  readonly behind: TaskName;
  /** Resolves when a core is free for it, whoever left it. */
  readonly free: Promise<void>;
}

export interface Job {
  readonly task: TaskName;
  readonly action:
    | { readonly kind: 'module'; readonly bundle: string; readonly params: JsonObject }
    /** Filled in; a string is for the shell. Absent for items, which carry their own. */
    | { readonly kind: 'command'; readonly command?: string | readonly string[] };
  readonly matrix: Matrix;
  readonly inputs: Readonly<Record<string, JobInput>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly items?: { readonly list: readonly JobItem[]; readonly batch: number; readonly takes?: readonly string[] };
  readonly seed: string;
  readonly threads: number;
  /** How many workers may work on the items at once. */
  readonly workers: number;
  /** Declared environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute paths. */
  readonly folder: string;
  /** Empty for commands and items, which have none. */
  readonly checkpoint: string;
  readonly logFile: string;
  /** Seconds. */
  readonly timeout?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Of a command without items; where it is absent, the job begins at once. */
  readonly turn?: Turn;
}

export type ItemOutcome =
  | { readonly kind: 'made'; readonly id: string; readonly seconds: number }
  | { readonly kind: 'skipped'; readonly id: string; readonly seconds: number; readonly reason: string }
  | { readonly kind: 'ignored'; readonly id: string; readonly type: string };

/** What a job read of the project. Paths are relative to it; what was reached through a link goes by both names. */
export interface Reading {
  readonly names: readonly string[];
  /** Whether a folder's names were listed, and not a file opened. */
  readonly isListing: boolean;
}

/** Why nobody can watch what a job reads here, and what to do about it. */
export interface CannotWatch {
  readonly message: string;
  readonly hint: string;
}

export interface JobListener {
  /** Called once, when the job begins; never where it was stopped before. */
  readonly began?: () => void;
  readonly progress: (report: ProgressReport) => void;
  /** An item is finished and its outputs are complete; called once an item. */
  readonly item: (outcome: ItemOutcome) => void;
  /**
   * Where it is there, the job is watched, and this is called with what it read before its success, or that of the items
   * that were made together, is told; a failure that it gives becomes the job's.
   */
  readonly read?: (readings: readonly Reading[], items: readonly JobItem[]) => Failure | undefined;
}

export type JobOutcome =
  | { readonly ok: true; readonly seconds: number; readonly peakMemory?: number }
  | { readonly ok: false; readonly seconds: number; readonly peakMemory?: number; readonly failure: Failure };

/** exec/: runs jobs; standard output and error go to the job's log file. */
export interface Executor {
  /**
   * A module with this thread count will probably be run soon: its process starts meanwhile, or one that is idle stays ready,
   * and imports the bundle where it is told.
   */
  readonly expect: (threads: number, bundle?: string) => void;
  readonly run: (job: Job, listener: JobListener, signal: AbortSignal) => Promise<JobOutcome>;
  /** Undefined where what jobs read can be watched; found out once. */
  readonly cannotWatch: () => Promise<CannotWatch | undefined>;
  readonly close: () => Promise<void>;
}
