import type { Position } from './diagnostic.ts';
import type { Json, JsonObject, StageName } from './names.ts';
import type { WrittenCommand } from './record.ts';

/**
 * A text that may still hold `${name}` of matrix values, of the item, or of `in`, `out` and `with`;
 * the pipeline's own variables are filled in already.
 */
export interface Text {
  readonly text: string;
  readonly at: Position;
}

/** What pipeline.yaml, a profile and `--set` say together. Plain JSON, so that it can be cached by its sources' digest. */
export interface PipelineSpec {
  /** As the user named it. */
  readonly file: string;
  /** Targets of a bare `flow run`; empty means every stage. */
  readonly default: readonly Text[];
  /** Seconds of work that may be done again after an edit of code before a person is asked. */
  readonly confirm?: number;
  /** In the order of the file. */
  readonly stages: readonly StageSpec[];
}

export type Action =
  | { readonly kind: 'use'; readonly module: string }
  /** A string is for the shell, a list needs none. Holds `${in.x}`, `${out.y}`, `${with.z}`, `${photo.stem}`. */
  | { readonly kind: 'run'; readonly command: string | readonly string[]; readonly written?: WrittenCommand };

/** A reference that is filled in per task, and null where a variable said that it is absent. */
export type ReferenceText = Text | null;

export type InputSpec = { readonly name: string; readonly at: Position } & (
  | { readonly kind: 'one'; readonly from: ReferenceText }
  | { readonly kind: 'list'; readonly from: readonly ReferenceText[] }
  /** Only those tasks of `from` that the JSON list at `only` names. */
  | { readonly kind: 'only'; readonly from: Text; readonly only: Text }
);

export interface OutSpec {
  /** `out` for a single unnamed one. */
  readonly name: string;
  /** Below the task's folder; for items a template of the item. A trailing slash means a folder. Without its `?`. */
  readonly path: Text;
  readonly optional: boolean;
}

export interface EachSpec {
  /** The item's variable: `photo` in `${photo.stem}`. */
  readonly variable: string;
  /** Whether a list was written: item ids then begin with their folder's name. */
  readonly list: boolean;
  readonly from: readonly Text[];
}

export interface Resources {
  /** Threads granted; at least 1; a fact of the key where the YAML declares it. */
  readonly cpu: number;
  /** 0 or 1 and more; counts as 0 on a machine without a GPU. */
  readonly gpu: number;
  /** Bytes; 0 where nothing is declared. */
  readonly memory: number;
  /** Named locks, one holder each. */
  readonly locks: readonly string[];
}

export interface StageSpec {
  readonly name: StageName;
  readonly at: Position;
  readonly action: Action;
  readonly actionAt: Position;
  /** Variables in the order declared; a task for every combination, the last variable fastest. */
  readonly matrix: readonly { readonly name: string; readonly values: readonly (string | number | boolean)[] }[];
  readonly each?: EachSpec;
  readonly in: readonly InputSpec[];
  /** Pipeline variables filled in; may hold `$fold` or `${fold}` of the matrix. */
  readonly with: JsonObject;
  readonly withAt: Position;
  /** Positions of the leaves of `with`, by dotted path. */
  readonly withPositions: Readonly<Record<string, Position>>;
  readonly out: readonly OutSpec[];
  /** Scripts and asset files that the stage's code reads, as paths or globs. */
  readonly code: readonly Text[];
  /** Names of environment variables whose values count. */
  readonly env: readonly string[];
  readonly resources: Resources;
  /** Seconds. */
  readonly timeout?: number;
  readonly retries: number;
  /** False: another machine or run may give other bytes. */
  readonly deterministic: boolean;
  /** Whether reading a file of the project that is not declared makes a task fail. */
  readonly strict: boolean;
  /** Dotted parameters that the checkpoint folder's name leaves out. */
  readonly resumable: readonly string[];
  /** Items a batch; 1 without `batch:`. */
  readonly batch: number;
  /** Output name to the column (or `stem`) that identifies a row. */
  readonly rows: Readonly<Record<string, string>>;
  /** Output name to dotted paths of figures in a JSON output. */
  readonly metrics: Readonly<Record<string, readonly string[]>>;
}

export interface PipelineSettings {
  readonly profile?: string;
  /** `--set a.b=YAML`, parsed, in the order given. */
  readonly set: readonly { readonly path: string; readonly value: Json }[];
}
