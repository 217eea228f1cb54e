/** What looking after the store answers: `flow verify`, `flow gc` and `flow audit`. */
import type { OutputRecord } from './artifact.ts';
import type { Failure } from './event.ts';
import type { Digest, RunId, TaskName } from './names.ts';

/** Bytes of work that is done, of all there is. */
export type UpkeepProgress = (done: number, total: number) => void;

/** Where an output of the view lies, absolute: a second copy of its objects. */
export interface ShownOutput {
  readonly path: string;
  /** As people write it: `artifacts/folds/fold=2/model.bin`. */
  readonly shown: string;
  readonly output: OutputRecord;
}

export interface StoreFault {
  /** `records` are lines of a run's file of records, `index` the cache over them. */
  readonly of: 'object' | 'records' | 'index';
  readonly what: 'damaged' | 'missing';
  /** Relative to the project. */
  readonly path: string;
  readonly digest?: Digest;
  /** What it belongs to, by name: `folds@2.model`, `resize.out: calling/x.jpg`; empty where no record names it. */
  readonly owners: readonly string[];
  readonly tasks: readonly TaskName[];
  /** What it was made whole from; absent where nothing holds a copy. */
  readonly healedFrom?: string;
  /** Where the damaged contents lie now, relative to the project. */
  readonly movedTo?: string;
}

export interface StoreCheck {
  readonly objects: number;
  readonly bytes: number;
  readonly faults: readonly StoreFault[];
  /** Objects that records name and `flow gc` dropped: no fault. */
  readonly dropped: number;
}

export interface VerifyAnswer extends StoreCheck {
  readonly seconds: number;
  /** Tasks of the pipeline with something that is still wrong, and what the next run does about each. */
  readonly next: readonly {
    readonly task: TaskName;
    /** `reuse` where artifacts/ shows the result whole, so that nothing has to be made. */
    readonly decision: 'reuse' | 'restore' | 'keep' | 'run' | 'wait' | 'fail';
    readonly expectedSeconds?: number;
  }[];
}

/**
 * What a collection looks at, in the order in which it lets go of them where they cost the same. Of records and journals
 * only lines go that nothing can come of any more.
 */
export type PileKind =
  | 'attempt'
  | 'unused'
  | 'bundle'
  | 'cache'
  | 'damaged'
  | 'log'
  | 'checkpoint'
  | 'result'
  | 'item'
  | 'record'
  | 'journal';

export interface Pile {
  readonly kind: PileKind;
  /** A task, or the place below .flow/. */
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  /** What making it again costs, as recorded; 0 where nobody will. */
  readonly seconds: number;
}

export interface GcRequest {
  /** Of all that lies below .flow/; without it only what nothing needs goes. */
  readonly maxBytes?: number;
  readonly dryRun: boolean;
}

export interface CollectRequest extends GcRequest {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Code digests whose bundles are known to be in use. */
  readonly bundles: ReadonlySet<string>;
  /** Code digests that the newest results rest on: later code is compared with the readable text of these. */
  readonly compared: ReadonlySet<string>;
  /** Checkpoint folders by name: whose they are, and whether that task has a result since. */
  readonly checkpoints: ReadonlyMap<string, { readonly task: TaskName; readonly finished: boolean }>;
}

export interface GcAnswer {
  readonly dryRun: boolean;
  /** Bytes below .flow/. */
  readonly before: number;
  readonly after: number;
  readonly maxBytes?: number;
  /** Whether `after` is no more than was asked for. */
  readonly reached: boolean;
  readonly dropped: readonly Pile[];
  /** Bytes that stay, by why. */
  readonly kept: {
    /** What artifacts/ shows, and what living runs count on. */
    readonly current: number;
    readonly results: number;
    readonly checkpoints: number;
    readonly edited: number;
    /** Records, index, journals, caches, logs. */
    readonly rest: number;
  };
  /** Files that a person changed; only that person removes them. Relative to the project. */
  readonly edited: readonly { readonly path: string; readonly bytes: number }[];
  /** Runs that go on: what they may need stays. */
  readonly living: readonly RunId[];
}

export interface AuditRequest {
  /** References; those that are named are run even where they are not deterministic. Empty means the pipeline's default. */
  readonly targets: readonly string[];
  /** Of the tasks, and of the items of each stage: more than 0 and at most 1. */
  readonly share: number;
  /** Which part; the next one where it is not given. */
  readonly seed?: number;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number, task: TaskName) => void;
}

/** Where two files or folders part. */
export type Difference =
  | {
      readonly kind: 'line';
      readonly path: string;
      readonly line: number;
      readonly before: string;
      readonly after: string;
    }
  /** Counted from 0. */
  | { readonly kind: 'byte'; readonly path: string; readonly offset: number }
  /** A file of a folder that only one of the two has, or an output that is not there at all. */
  | { readonly kind: 'absent'; readonly path: string; readonly from: 'record' | 'audit' }
  /** The recorded contents are gone, so that only the digests could be compared. */
  | { readonly kind: 'digest'; readonly path: string };

/** What an audit compares with; null stands for an output that was not made. */
export interface Recorded {
  readonly kind: 'file' | 'folder';
  readonly digest: Digest;
}

export interface Audited {
  readonly task: TaskName;
  readonly item?: string;
  readonly outcome: 'same' | 'differs' | 'failed';
  readonly seconds: number;
  /** Whether the stage says that it may come out otherwise. */
  readonly expected: boolean;
  readonly out?: string;
  readonly difference?: Difference;
  readonly failure?: Failure;
}

export interface AuditAnswer {
  readonly seed: number;
  /** How many audits of this share cover everything. */
  readonly parts: number;
  readonly audited: readonly Audited[];
  /** Left out because they say that they are not deterministic. */
  readonly undetermined: readonly TaskName[];
  /** Whose key or inputs cannot be had as they were. */
  readonly unavailable: readonly { readonly task: TaskName; readonly reason: string }[];
  readonly interrupted: boolean;
}

/** store/: looks after what lies below .flow/. */
export interface Upkeep {
  /** Reads everything; damaged objects leave the store, and those of which there is a copy are healed. */
  readonly check: (request: {
    readonly shown: readonly ShownOutput[];
    readonly progress?: UpkeepProgress;
  }) => Promise<StoreCheck>;
  /** Drops what nothing needs and, down to `maxBytes`, what costs least to make again for each byte. */
  readonly collect: (request: CollectRequest) => Promise<GcAnswer>;
  /** Where what lies at a path parts from a recorded output; undefined where it is the same. Takes nothing. */
  readonly compare: (path: string, output: Recorded | null) => Promise<Difference | undefined>;
  /** Counts audits, so that each looks at another part. */
  readonly countAudit: () => Promise<number>;
}
