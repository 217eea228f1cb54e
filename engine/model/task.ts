import type { Diagnostic } from './diagnostic.ts';
import type { JsonObject, Matrix, StageName, TaskName } from './names.ts';
import type { Action, Resources, StageSpec } from './spec.ts';

/** Where an input comes from, fully resolved. */
export type Source =
  | { readonly kind: 'output'; readonly task: TaskName; readonly out: string; readonly optional: boolean }
  /** A path relative to the project (or absolute, or `../x`), or a glob. */
  | { readonly kind: 'path'; readonly path: string; readonly glob: boolean; readonly optional: boolean };

export type TaskInput = { readonly name: string } & (
  | { readonly kind: 'one'; readonly source: Source | null }
  /** In the order of the pipeline; also a matrix stage that was named without `@`. */
  | { readonly kind: 'list'; readonly sources: readonly Source[] }
  | {
      readonly kind: 'only';
      /** The stage whose tasks are chosen from, its output, and where the choice stands. */
      readonly stage: StageName;
      readonly out: string;
      readonly candidates: readonly TaskName[];
      readonly choice: Source;
    }
);

export interface TaskOut {
  readonly name: string;
  /** Relative to the task's folder; for `items` the template of one item's file. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'items';
  readonly optional: boolean;
  /** Where the view lies below artifacts/: `folds/fold=2/model.safetensors`; for items their folder. */
  readonly view: string;
}

export interface TaskEach {
  readonly variable: string;
  readonly list: boolean;
  readonly sources: readonly Source[];
}

/** One stage with one matrix value: what the scheduler runs. Everything but inputs' contents is filled in. */
export interface TaskNode {
  readonly name: TaskName;
  readonly stage: StageSpec;
  readonly matrix: Matrix;
  readonly action: Action;
  readonly with: JsonObject;
  readonly each?: TaskEach;
  readonly inputs: readonly TaskInput[];
  readonly outs: readonly TaskOut[];
  readonly resources: Resources;
  /** `folds/fold=2`, below artifacts/. */
  readonly folder: string;
}

/** Tasks in an order in which each stands after those it needs. */
export interface TaskGraph {
  readonly tasks: ReadonlyMap<TaskName, TaskNode>;
  /** What a task surely needs, each once. */
  readonly needs: ReadonlyMap<TaskName, readonly TaskName[]>;
  /** What a task may turn out to need (`only`), each once. */
  readonly mayNeed: ReadonlyMap<TaskName, readonly TaskName[]>;
  readonly diagnostics: readonly Diagnostic[];
}
