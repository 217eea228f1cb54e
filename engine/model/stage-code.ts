/** The port of code/: what planning knows of a stage's module, and what may be asked of it. */
import type { CodeChange } from './decision.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { ProgressReport } from './job.ts';
import type { Digest, JsonObject, Matrix } from './names.ts';

export interface StageDeclaration {
  readonly kind: 'file' | 'folder' | 'items' | 'list';
  readonly optional: boolean;
  /** Whether skipped items are handed over and count in the key. */
  readonly skips?: true;
}

/** code/: what planning knows of a stage's module. */
export interface StageCode {
  readonly module: string;
  /** Of the normalised closure: blind to comments, formatting, folder and unused exports. */
  readonly digest: Digest;
  /** Absolute path of the very bundle that was hashed. */
  readonly bundle: string;
  readonly kind: 'stage' | 'items';
  readonly inputs: Readonly<Record<string, StageDeclaration>>;
  readonly outputs: Readonly<Record<string, StageDeclaration>>;
  readonly takes?: readonly string[];
  /** Dotted parameters that name files. */
  readonly fileParameters: readonly string[];
  readonly hasFacts: boolean;
  readonly hasPrepare: boolean;
  readonly hasReport: boolean;
  readonly hasForesight: boolean;
  /** Imported packages and their versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** The project's files in the closure with a digest of each file's normalised text. */
  readonly files: Readonly<Record<string, Digest>>;
}

export type Loaded =
  | { readonly ok: true; readonly code: StageCode }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export type CheckedParameters =
  /** With the schema's defaults filled in. */
  | { readonly ok: true; readonly params: JsonObject }
  | { readonly ok: false; readonly issues: readonly { readonly path: string; readonly message: string }[] };

export interface PreparationListener {
  readonly progress: (report: ProgressReport) => void;
  readonly log: (line: string) => void;
}

export interface Code {
  readonly load: (modules: readonly string[]) => Promise<ReadonlyMap<string, Loaded>>;
  readonly check: (code: StageCode, params: JsonObject) => Promise<CheckedParameters>;
  readonly prepare: (code: StageCode, listener: PreparationListener, signal: AbortSignal) => Promise<void>;
  readonly facts: (code: StageCode, threads: number) => Promise<JsonObject>;
  /** Whether facts are known that no file's change made stale: then there is nothing to prepare. */
  readonly factsKnown: (code: StageCode, threads: number) => boolean;
  /**
   * What differs between two states of a stage's code, by their digests; undefined where one of them is not kept any more.
   */
  readonly compare: (before: Digest, after: Digest) => Promise<readonly CodeChange[] | undefined>;
  /** Lines for `flow doctor`. */
  readonly report: (code: StageCode) => Promise<readonly string[]>;
  /** Faults that the module foresees; `digest` stands for the items, whose ids are read only where it is a new one. */
  readonly foresee: (
    code: StageCode,
    question: {
      readonly params: JsonObject;
      readonly matrix: Matrix;
      readonly facts: JsonObject;
      readonly inputs: readonly string[];
      readonly items: Readonly<Record<string, { readonly digest: Digest; readonly ids: () => readonly string[] }>>;
    },
  ) => Promise<readonly ForeseenFault[]>;
  /** Code digests of the modules as they were when they were last asked for. */
  readonly bundles: () => readonly Digest[];
  readonly save: () => Promise<void>;
}

export interface ForeseenFault {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly parameter?: string;
  readonly hint?: string;
}
