import type { Failure } from '../model/event.ts';
import type { Executor, JobListener } from '../model/job.ts';
import type { ActionKey, Digest, RunId } from '../model/names.ts';
import type { PathQuery } from '../model/ports.ts';
import type { ActionRecord } from '../model/record.ts';
import type { Assignment, Workshop } from './job.ts';
import type { Slot } from './slots.ts';
import type { Watch } from './watch.ts';

/** Files that may no longer be what a decision saw. */
export interface Changes {
  readonly paths: readonly string[];
  /** Those of them that the disk tells of; the others were found, and looked at again, by another task. */
  readonly fresh: readonly string[];
}

export interface AttemptRequest {
  readonly assignment: Assignment;
  readonly key: ActionKey;
  readonly run: RunId;
  readonly attempt: number;
  /** Why those before it failed. */
  readonly earlier: readonly Failure[];
  /** Objects that were found damaged. */
  readonly distrusted: ReadonlySet<Digest>;
  /** The store lost some of this task's result, so that records of items may stand for nothing, too. */
  readonly lost: boolean;
  /** What artifacts/ shows of the task; its items need not be looked up one by one. */
  readonly last?: ActionRecord | undefined;
  /** Runs items anew although they are known. */
  readonly forced: boolean;
  /** Source files to look at again when the attempt is over. */
  readonly sources: readonly PathQuery[];
  /** What its items come from; each of them is looked at again when it is made, and its key rests on nothing else. */
  readonly itemSources: readonly PathQuery[];
  /** Which of these may no longer be what the decision saw. */
  readonly changed: (queries: readonly PathQuery[]) => Promise<Changes>;
  readonly progress: JobListener['progress'];
  /** Waits until the task may run, or has its turn. */
  readonly begin: () => Promise<Slot | undefined>;
  /** Called when it does; told of how many items where it works item by item. */
  readonly began: (slot: Slot, items?: number) => void;
  /** Where it is there, what the task reads is watched. */
  readonly watch?: Watch;
  /** Called when the task's program has ended well and only the keeping of what it made is left. */
  readonly worked: () => void;
  readonly signal: AbortSignal;
}

export interface AttemptTools extends Workshop {
  readonly executor: Executor;
}

export type AttemptResult =
  | { readonly kind: 'made'; readonly record: ActionRecord }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly logFile?: string;
      /** What failed may have had no room for its work, nor its words any in the log. */
      readonly isDiskFull?: boolean;
    }
  /** Sources changed meanwhile: nothing was recorded. */
  | ({ readonly kind: 'outdated' } & Changes)
  /** The run was stopped before it began. */
  | { readonly kind: 'left' };
