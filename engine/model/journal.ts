import type { RunEvent } from './event.ts';
import type { ActionKey, RunId, TaskName } from './names.ts';
import type { PipelineSettings } from './spec.ts';

/** The first line of a run's journal: what was asked for. */
export interface JournalHead {
  readonly run: RunId;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The pipeline's file, relative to the project. */
  readonly pipeline: string;
  readonly targets: readonly string[];
  readonly force: readonly string[];
  readonly keep?: readonly string[];
  readonly settings: PipelineSettings;
  /** Most cores that its tasks hold at once; journals of earlier versions do not say it. */
  readonly jobs?: number;
}

/** The last line of a run that was not killed. */
export interface JournalEnd {
  /** The record of each task that is done: made, restored or found. */
  readonly keys: Readonly<Record<TaskName, ActionKey>>;
}

/** Any other line: an event of the run, with when it came. */
export interface JournalEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: RunEvent;
}

export type JournalLine = JournalHead | JournalEntry | JournalEnd;

export interface RunJournal {
  readonly head: JournalHead;
  readonly entries: readonly JournalEntry[];
  /** Absent while the run goes on, and for ever where it was killed. */
  readonly end?: JournalEnd;
}
