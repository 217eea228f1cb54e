import type { Change } from './decision.ts';
import type { Failure } from './failure.ts';
import type { RunId, TaskName } from './names.ts';
import type { ItemTotals } from './record.ts';

export type { Failure } from './failure.ts';

export type RunEvent =
  | { readonly kind: 'run-started'; readonly run: RunId; readonly tasks: number; readonly at: number }
  /** Something is made ready before keys can be made (TensorFlow's binding). */
  | {
      readonly kind: 'preparing';
      readonly what: string;
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly note?: string;
    }
  | {
      readonly kind: 'started';
      readonly task: TaskName;
      readonly because: readonly Change[];
      readonly attempt: number;
      readonly items?: number;
      readonly at: number;
      /** What it had to wait for: all that it reads, and for what a choice asked for, what the choice was read from. */
      readonly after?: readonly TaskName[];
      /** Cores that it holds; journals of earlier versions say neither. */
      readonly cpu?: number;
    }
  | {
      readonly kind: 'progress';
      readonly task: TaskName;
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly note?: string;
    }
  /** Needs no work; `savedSeconds` is what its record cost. */
  | {
      readonly kind: 'reused';
      readonly task: TaskName;
      readonly restored: boolean;
      readonly savedSeconds: number;
      /** By a person's choice, whatever changed. */
      readonly kept?: true;
    }
  | {
      readonly kind: 'finished';
      readonly task: TaskName;
      readonly seconds: number;
      readonly items?: ItemTotals;
      /** Skipped items with their reasons. */
      readonly skips?: readonly { readonly id: string; readonly reason: string }[];
      /** Whether every output equals that of the task's last record. */
      readonly same: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly task: TaskName;
      readonly failure: Failure;
      readonly logTail: readonly string[];
      /** Where the whole log lies, relative to the project. */
      readonly logFile?: string;
      /** Whether another attempt follows. */
      readonly retrying: boolean;
    }
  | { readonly kind: 'blocked'; readonly task: TaskName; readonly by: readonly TaskName[] }
  /** A sentence that the user should read: an edited file was moved aside, a damaged one was healed. */
  | { readonly kind: 'notice'; readonly task?: TaskName; readonly text: string }
  | { readonly kind: 'run-finished'; readonly run: RunId; readonly summary: RunSummary };

export interface RunSummary {
  readonly outcome: 'done' | 'failed' | 'interrupted';
  readonly ran: number;
  readonly reused: number;
  readonly restored: number;
  /** Last results that were used by a person's choice. */
  readonly kept: number;
  readonly failed: number;
  readonly blocked: number;
  readonly seconds: number;
  readonly savedSeconds: number;
}
