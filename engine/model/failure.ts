import type { Diagnostic } from './diagnostic.ts';
import type { RunId } from './names.ts';

/** Why a task failed; closed, so that every place that shows one shows all. */
export type Failure =
  | { readonly kind: 'exit'; readonly code: number; readonly command: string }
  | { readonly kind: 'signal'; readonly signal: string; readonly command: string }
  | { readonly kind: 'threw'; readonly message: string; readonly stack?: string }
  /** An item that threw; the message names it. */
  | { readonly kind: 'item'; readonly item: string; readonly message: string; readonly stack?: string }
  | { readonly kind: 'timeout'; readonly seconds: number }
  | { readonly kind: 'memory'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'worker-lost'; readonly message: string }
  | { readonly kind: 'output-missing'; readonly out: string; readonly path: string }
  | { readonly kind: 'output-wrong'; readonly out: string; readonly message: string }
  | { readonly kind: 'input-missing'; readonly input: string; readonly path: string }
  | { readonly kind: 'input-changed'; readonly paths: readonly string[] }
  /**
   * A `strict` stage read files of the project that it does not declare: the first ones, and how many there are. With a
   * run where its known result says so of its making in that run, so that nothing has to run to know it.
   */
  | { readonly kind: 'undeclared'; readonly paths: readonly string[]; readonly count: number; readonly run?: RunId }
  /** A value of an `only` list that the stage's matrix does not have. */
  | { readonly kind: 'choice-unknown'; readonly choice: string; readonly stage: string }
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  /** The disk is full, a folder went away, a permission lacks. */
  | { readonly kind: 'disk'; readonly message: string; readonly path?: string }
  /** It would be made again, at a price that nobody agreed to. Seconds of it and all below, at most. */
  | { readonly kind: 'costly'; readonly because: 'code' | 'damage'; readonly seconds: number }
  | { readonly kind: 'interrupted' };
