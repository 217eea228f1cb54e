import type { Change } from '../../model/decision.ts';
import type { RunEvent, RunSummary } from '../../model/event.ts';
import type { TaskName } from '../../model/names.ts';

/** What is known of a counted piece of work; times in milliseconds since 1970. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly note?: string;
  readonly at: number;
  /** The first report, from which the rate is counted: what stood there already was not done now. */
  readonly firstDone: number;
  readonly firstAt: number;
  /** Whether the task counted nothing else before, so that this count began with it. */
  readonly isFirstCount: boolean;
}

export interface RunningTask {
  readonly since: number;
  readonly because: readonly Change[];
  readonly attempt: number;
  readonly progress?: Progress;
}

/** Where a run stands, folded from its events; every display reads it. */
export interface Board {
  readonly apply: (event: RunEvent, now: number) => void;
  readonly running: ReadonlyMap<TaskName, RunningTask>;
  /** What is made ready before keys can be made, by its name. */
  readonly preparing: ReadonlyMap<string, RunningTask>;
  readonly failed: readonly TaskName[];
  readonly blocked: readonly TaskName[];
  /** By a person's choice. */
  readonly kept: readonly TaskName[];
  readonly state: () => {
    readonly tasks: number;
    readonly settled: number;
    readonly startedAt: number;
    /** Characters of the longest task's name so far. */
    readonly longestName: number;
    readonly summary?: RunSummary;
  };
}

export function createBoard(): Board {
  const running = new Map<TaskName, RunningTask>();
  const preparing = new Map<string, RunningTask>();
  const failed: TaskName[] = [];
  const blocked: TaskName[] = [];
  const kept: TaskName[] = [];
  let state = { tasks: 0, settled: 0, startedAt: 0, longestName: 0 } as ReturnType<Board['state']>;

  const settle = (task: TaskName) => {
    running.delete(task);
    state = { ...state, settled: state.settled + 1 };
  };

  const apply = (event: RunEvent, now: number): void => {
    // Something may be made ready before the run itself begins.
    if (state.startedAt === 0) state = { ...state, startedAt: now };
    switch (event.kind) {
      case 'run-started':
        state = { ...state, tasks: event.tasks };
        return;
      case 'preparing':
        if (event.done >= event.total) preparing.delete(event.what);
        else preparing.set(event.what, advance(preparing.get(event.what) ?? beginning(now), event, now));
        return;
      case 'started':
        running.set(event.task, { since: now, because: event.because, attempt: event.attempt });
        state = { ...state, longestName: Math.max(state.longestName, event.task.length) };
        return;
      case 'progress': {
        const task = running.get(event.task);
        if (task) running.set(event.task, advance(task, event, now));
        return;
      }
      case 'failed':
        if (event.retrying) {
          running.delete(event.task);
          return;
        }
        failed.push(event.task);
        settle(event.task);
        return;
      case 'blocked':
        blocked.push(event.task);
        settle(event.task);
        return;
      case 'reused':
        if (event.kept) kept.push(event.task);
        settle(event.task);
        return;
      case 'finished':
        settle(event.task);
        return;
      case 'run-finished':
        running.clear();
        preparing.clear();
        state = { ...state, summary: event.summary };
        return;
      case 'notice':
        return;
      default:
        unknownEvent(event);
    }
  };

  return { apply, running, preparing, failed, blocked, kept, state: () => state };
}

function beginning(now: number): RunningTask {
  return { since: now, because: [], attempt: 1 };
}

type Report = Pick<Progress, 'done' | 'total' | 'unit' | 'note'>;

function advance(task: RunningTask, { done, total, unit, note }: Report, now: number): RunningTask {
  const before = task.progress;
  // A new unit is a new count: a download followed by a build.
  const { firstDone, firstAt, isFirstCount } =
    before && before.unit === unit && before.done <= done
      ? before
      : { firstDone: done, firstAt: now, isFirstCount: before === undefined };
  return {
    ...task,
    progress: { done, total, unit, ...(note ? { note } : {}), at: now, firstDone, firstAt, isFirstCount },
  };
}

/** Units a second, and the seconds that the rest will take; undefined while nothing can be said. */
export function paceOf(task: RunningTask, now: number): { perSecond: number; secondsLeft: number } | undefined {
  const { progress } = task;
  if (progress === undefined) return undefined;
  const counted = progress.done - progress.firstDone;
  // A single report is all there is after the first epoch; then the time since the start has to do. Of a later count that
  // time tells nothing: it went into the counts before.
  if (counted <= 0 && !progress.isFirstCount) return undefined;
  const [done, from] = counted > 0 ? [counted, progress.firstAt] : [progress.done, task.since];
  const seconds = (progress.at - from) / 1000;
  if (done <= 0 || seconds <= 0) return undefined;
  const perSecond = done / seconds;
  const sinceReport = (now - progress.at) / 1000;
  return { perSecond, secondsLeft: Math.max(0, (progress.total - progress.done) / perSecond - sinceReport) };
}

function unknownEvent(event: never): never {
  throw new Error(`An event of an unknown kind: ${JSON.stringify(event)}`);
}
