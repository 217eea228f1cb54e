import type { OutputRecord } from './artifact.ts';
import type { Failure } from './failure.ts';
import type { ActionKey, Digest, JsonObject, Matrix, RunId, StageName, TaskName } from './names.ts';

/**
 * What a key is the digest of. Leaves are compared one by one by `why`, so each says one thing;
 * input digests stand here, never upstream keys: that is what gives early cutoff.
 */
export interface KeyMaterial {
  /** The engine's version of this form, and the contract's with stages. */
  readonly contract: number;
  /** A module's digest, or a command with `${out.x}` left in it, and declared code files. */
  readonly code: JsonObject;
  readonly with: JsonObject;
  readonly matrix: Matrix;
  /** Input name to what it holds: digest, file name, and for lists one entry each. */
  readonly in: JsonObject;
  readonly out: JsonObject;
  readonly env: JsonObject;
  /** Node's major version, architecture, threads and what the stage's `facts()` gave. */
  readonly platform: JsonObject;
  /**
   * How a command was written, and the pipeline's variables that it was filled with. No part of the key, since equal
   * commands are equal work however they came about; it tells reasons and tries which parameter was another one.
   */
  readonly written?: WrittenCommand;
}

export interface WrittenCommand {
  readonly command: string | readonly string[];
  /** Those that its text names, with the maps that they stand in. */
  readonly variables: JsonObject;
}

export interface ItemTotals {
  readonly made: number;
  readonly reused: number;
  readonly skipped: number;
  /** Files of another media type. */
  readonly ignored: number;
}

/** One piece of an input as it was read: lineage follows `key` from record to record. */
export interface InputTrace {
  readonly input: string;
  /** A path relative to the project, or where the artifact lies below artifacts/. */
  readonly path: string;
  readonly digest: Digest;
  /** Absent for a source file. */
  readonly made?: {
    readonly task: TaskName;
    readonly out: string;
    readonly key: ActionKey;
    /** A person kept it by choice when this was made. */
    readonly kept?: true;
  };
}

export interface SkippedItem {
  readonly id: string;
  readonly reason: string;
}

/** Files of the project that a watched task read without declaring them: the first ones, and how many there are. */
export interface Undeclared {
  readonly paths: readonly string[];
  readonly count: number;
}

/** A person's word that a result stands for other code, too. */
export interface Acceptance {
  /** The key of the task's record that was accepted. */
  readonly of: ActionKey;
  readonly because: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What one key produced; immutable. */
export interface ActionRecord {
  readonly key: ActionKey;
  readonly stage: StageName;
  readonly task: TaskName;
  readonly matrix: Matrix;
  readonly outputs: Readonly<Record<string, OutputRecord | null>>;
  /** In the order of the pipeline; without what was absent. */
  readonly inputs: readonly InputTrace[];
  readonly run: RunId;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Wall time of the attempt; for items the sum over those made in it. */
  readonly seconds: number;
  /** Bytes; absent where it could not be measured. */
  readonly peakMemory?: number;
  /** Digest of the log's text, an object of the store. */
  readonly log?: Digest;
  readonly host: string;
  /** What is recorded but never part of a key: GPU model and driver. */
  readonly machine?: JsonObject;
  readonly attempts: number;
  /** Why the attempts before the last one failed, oldest first; absent where there was but one. */
  readonly earlier?: readonly Failure[];
  readonly deterministic: boolean;
  /** There only where what it read was watched; of a stage of items, what those read that were made then. */
  readonly undeclared?: Undeclared;
  readonly items?: ItemTotals;
  /** Skipped items with their reasons, in order of their ids; the same list in every record of the same key. */
  readonly skips?: readonly SkippedItem[];
  /** Oldest first: the result was made by the code of the first one's record, and everything else here tells of that. */
  readonly accepted?: readonly Acceptance[];
}

/**
 * Of every key that was ever made, its newest record as far as it takes to tell what stands behind a result, and what that
 * cost. A list a column, since all of a long history is read: a step has the same place in each.
 */
export interface Steps {
  readonly keys: readonly ActionKey[];
  readonly stages: readonly StageName[];
  readonly seconds: readonly number[];
  /** As JSON; equal ones are one string. */
  readonly parameters: readonly string[];
  /** Places of the steps that it was made from, each once, as far as they are known. */
  readonly made: readonly (readonly number[])[];
}

/** What one item's key produced. */
export interface ItemRecord {
  readonly key: ActionKey;
  readonly id: string;
  readonly seconds: number;
  readonly accepted?: readonly Acceptance[];
  readonly result:
    | {
        readonly kind: 'made';
        readonly outputs: Readonly<Record<string, { readonly digest: Digest; readonly bytes: number }>>;
      }
    | { readonly kind: 'skipped'; readonly reason: string }
    /** `type` is the media type that its content showed. */
    | { readonly kind: 'ignored'; readonly type: string };
}
