import type { Change } from '../model/decision.ts';
import type { Failure, RunEvent } from '../model/event.ts';
import type { Digest, RunId, TaskName } from '../model/names.ts';
import type { Files, ViewEntry } from '../model/ports.ts';
import type { TaskNode } from '../model/task.ts';
import type { Assessment } from '../plan/assess.ts';
import type { KeptResults } from '../plan/keep.ts';
import type { Survey } from '../plan/survey.ts';
import type { AttemptTools } from './attempt-request.ts';
import type { Disturbances } from './disturbances.ts';
import type { Seat } from './slots.ts';

export type Decided = Assessment & {
  readonly kind: 'decided';
  /** Of the disturbances, from before the decision. */
  readonly mark: number;
};

/** A task that has to be made, and why. */
export interface Runnable {
  readonly task: TaskNode;
  readonly decided: Decided;
  readonly because: readonly Change[];
  /** Objects that turned out damaged, for which it is made again. */
  readonly damaged?: readonly Digest[];
}

export interface MakerOrder {
  readonly run: RunId;
  readonly survey: Survey;
  readonly view: ReadonlyMap<TaskName, ViewEntry>;
  readonly kept: KeptResults;
  /** Says no to making something again at a price that nobody agreed to. */
  readonly guard: (task: TaskNode, because: readonly Change[]) => Failure | undefined;
  readonly disturbances: Disturbances;
  /** Whether what tasks read is watched, and not only where their stage is strict. */
  readonly trace: boolean;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** When a task may begin, and what it waited for: told when it does. */
export interface Turn {
  readonly seat: Seat;
  readonly after: () => readonly TaskName[];
}

export interface MakerTools extends AttemptTools {
  readonly files: Files;
}

/** What a failed task shows of its log. */
export const linesOfLog = 20;
