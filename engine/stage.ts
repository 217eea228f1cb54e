/**
 * The contract between the engine and a stage's module.
 *
 * A module's default export is made by `stage` (one run a task) or `itemStage` (one run a batch of items).
 * Everything here is plain data, so that planning reads a module's declaration without running it;
 * import heavy libraries inside `run`, `load`, `facts` and `prepare`.
 */
import type { z } from 'zod';

/** Raised when a stage's module and the engine no longer mean the same by this file; it is part of every key. */
export const contract = 1;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What an input or output is. `items` is the output folder of an `each` stage with its list; `list` a list of references. */
export type Kind = 'file' | 'folder' | 'items' | 'list';

export interface Declaration<K extends Kind = Kind, Optional extends boolean = boolean> {
  readonly kind: K;
  readonly optional: Optional;
  /** Of `items`: whether the skipped ones are listed, too. */
  readonly skips?: true;
}

export const file: Declaration<'file', false> = { kind: 'file', optional: false };
export const folder: Declaration<'folder', false> = { kind: 'folder', optional: false };
export const items: Declaration<'items', false> = { kind: 'items', optional: false };
/**
 * Items together with what their stage skipped, and why. The skips then count in the key: a broken photo more runs the
 * stage again, which a stage that never looks at them should be spared.
 */
export const itemsWithSkips: Declaration<'items', false> = { kind: 'items', optional: false, skips: true };
export const list: Declaration<'list', false> = { kind: 'list', optional: false };

/** The same input or output, which may be absent. */
export function optional<K extends Kind>(declaration: Declaration<K>): Declaration<K, true> {
  return { ...declaration, optional: true };
}

/** One element of an item stage's output: its identity, and where the file lies (an absolute path). */
export interface InputItem {
  readonly id: string;
  readonly path: string;
}

/** The output folder of an item stage, an absolute path, with its items in byte order of their ids. */
export interface InputItems {
  readonly folder: string;
  readonly items: readonly InputItem[];
  /** In order of their ids; empty unless the input is declared as `itemsWithSkips`. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

/** One element of a list of references, in the order of the pipeline. */
export interface ListedInput {
  readonly path: string;
  /** The stage that made it; absent for a source file. */
  readonly stage?: string;
  readonly matrix: Readonly<Record<string, Json>>;
  readonly out?: string;
}

interface InputTypes {
  file: string;
  folder: string;
  items: InputItems;
  list: readonly ListedInput[];
}

type Value<D> =
  D extends Declaration<infer K, infer Optional>
    ? Optional extends true
      ? InputTypes[K] | undefined
      : InputTypes[K]
    : never;

export type Declarations = Readonly<Record<string, Declaration>>;
export type Inputs<D extends Declarations> = { readonly [Name in keyof D]: Value<D[Name]> };
/** Absolute paths in this attempt's folder; the folder of a file exists, a folder output exists and is empty. */
export type Outputs<D extends Declarations> = { readonly [Name in keyof D]: string };

export interface ProgressReport {
  readonly done: number;
  readonly total: number;
  /** What is counted, in the singular: `epoch`, `photo`, `MB`. */
  readonly unit: string;
  /** A few words that change as the work goes on: `mAP 0.93`. */
  readonly note?: string;
}

/** What a stage's libraries bring into its key, and the files whose change makes them worth asking for again. */
export interface PlatformFacts {
  readonly facts: Readonly<Record<string, Json>>;
  /** Absolute paths; the engine keeps the facts while none of these files changes. */
  readonly files: readonly string[];
}

export interface FactsRequest {
  /** The thread count that the stage's `resources.cpu` grants. */
  readonly threads: number;
}

export interface Preparation {
  readonly progress: (report: ProgressReport) => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What every run is given. */
export interface RunContext<P extends z.ZodType, I extends Declarations> {
  readonly params: z.output<P>;
  readonly matrix: Readonly<Record<string, Json>>;
  readonly inputs: Inputs<I>;
  readonly threads: number;
  readonly progress: (report: ProgressReport) => void;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface StageRun<P extends z.ZodType, I extends Declarations, O extends Declarations>
  extends RunContext<P, I> {
  readonly outputs: Outputs<O>;
  /** Uniform in [0, 1), seeded by parameters and matrix values alone. */
  readonly random: () => number;
  /** An absolute path of a folder that outlives attempts; named by the key's material without what is `resumable`. */
  readonly checkpoint: string;
}

export interface WorkItem<O extends Declarations> {
  readonly id: string;
  /** The item's file, an absolute path. */
  readonly path: string;
  /** SHA-256 of the file's bytes, hexadecimal: the engine's, in the item's key. */
  readonly digest: string;
  readonly outputs: Outputs<O>;
  /** Uniform in [0, 1), seeded by parameters, matrix values and the item's id alone. */
  readonly random: () => number;
  /** Records that this item has no outputs, and why; cached like any result. Go on with the next item afterwards. */
  readonly skip: (reason: string) => void;
}

export interface ItemRun<P extends z.ZodType, I extends Declarations, O extends Declarations, S>
  extends RunContext<P, I> {
  /** At most `batch` items; the result of one must not depend on its neighbours. */
  readonly items: readonly WorkItem<O>[];
  /** What `load` gave; a worker keeps it from batch to batch of one task. */
  readonly state: S;
}

/** What is known of a task before anything runs. */
export interface Foresight<P extends z.ZodType> {
  readonly params: z.output<P>;
  readonly matrix: Readonly<Record<string, Json>>;
  /** What `facts` told, with what every key holds of the platform. */
  readonly facts: Readonly<Record<string, Json>>;
  /** Names of the inputs that pipeline.yaml gives; one that is null is not among them. */
  readonly inputs: readonly string[];
  /** Ids by input, for inputs whose items come from folders that lie there now; an empty folder is an id that ends in `/`. */
  readonly items: Readonly<Record<string, readonly string[]>>;
}

/** A fault of the user's data or parameters, as a sentence; an error keeps the run from starting. */
export interface Fault {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The parameter whose place in pipeline.yaml is shown, `recipe.freeze`; absent: that of the items. */
  readonly parameter?: string;
  readonly hint?: string;
}

interface Libraries<P extends z.ZodType> {
  /** Says before a run what would make it fail later. Asked again only when its code, parameters, facts, inputs or items change. */
  readonly foresee?: (foresight: Foresight<P>) => readonly Fault[];
  /** Cheap; called before keys are made. */
  readonly facts?: (request: FactsRequest) => PlatformFacts | Promise<PlatformFacts>;
  /** Makes the libraries available (builds a binding), before `facts` is asked in a run. Must be quick when nothing is to do. */
  readonly prepare?: (preparation: Preparation) => Promise<void>;
  /** Lines for `flow doctor`: what is used here, and what a better choice lacks. */
  readonly report?: () => readonly string[] | Promise<readonly string[]>;
}

export interface StageModule<
  P extends z.ZodType = z.ZodType,
  I extends Declarations = Declarations,
  O extends Declarations = Declarations,
> extends Libraries<P> {
  readonly kind: 'stage';
  /** A string that carries `.meta({ file: true })` names a file, unless it has a scheme (`https:`); the file is hashed as an input. */
  readonly params: P;
  readonly inputs: I;
  /** A single unnamed `out:` is called `out`. */
  readonly outputs: O;
  readonly run: (run: StageRun<P, I, O>) => void | Promise<void>;
}

export interface ItemStageModule<
  P extends z.ZodType = z.ZodType,
  I extends Declarations = Declarations,
  O extends Declarations = Declarations,
  S = unknown,
> extends Libraries<P> {
  readonly kind: 'items';
  readonly params: P;
  readonly inputs: I;
  readonly outputs: O;
  /** Media types told by content, such as `image/jpeg`; other files are ignored and counted. Absent: every file. */
  readonly takes?: readonly string[];
  /** Runs once a worker and task, before its first batch. */
  readonly load?: (context: RunContext<P, I>) => S | Promise<S>;
  readonly run: (run: ItemRun<P, I, O, S>) => void | Promise<void>;
}

export type AnyStageModule = StageModule | ItemStageModule;

/**
 * Declares a stage that runs once a task. A process runs several tasks, one after the other: its working folder, its variables
 * and its umask are put back between them; what a module keeps in variables of its own, or globally, stays, and must not
 * reach a result.
 */
export function stage<P extends z.ZodType, I extends Declarations, O extends Declarations>(
  module: Omit<StageModule<P, I, O>, 'kind'>,
): StageModule<P, I, O> {
  return { ...module, kind: 'stage' };
}

/** Declares a stage for `each:`, which runs once a batch of items. */
export function itemStage<P extends z.ZodType, I extends Declarations, O extends Declarations, S = undefined>(
  module: Omit<ItemStageModule<P, I, O, S>, 'kind'>,
): ItemStageModule<P, I, O, S> {
  return { ...module, kind: 'items' };
}
