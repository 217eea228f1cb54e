/** What a run says while it goes on, gathered task by task. */
import { useEffect, useState } from 'preact/hooks';
import type { RunEvent, RunSummary } from '../../engine/model/event.ts';
import type { JournalLine } from '../../engine/model/journal.ts';
import { given } from './given.ts';

export interface LiveTask {
  readonly state: 'running' | 'done' | 'reused' | 'failed' | 'blocked';
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: string;
  readonly note?: string;
  readonly seconds?: number;
  readonly logTail?: readonly string[];
}

export interface LiveRun {
  readonly run: string;
  readonly at: number;
  readonly targets: readonly string[];
  readonly tasks: ReadonlyMap<string, LiveTask>;
  readonly preparing?: string;
  readonly summary?: RunSummary;
  /** Whether its last line has come: then what artifacts/ shows is settled. */
  readonly isOver: boolean;
  /** Milliseconds since 1970 of the last that it said. */
  readonly saidAt: number;
}

export interface Live {
  readonly run?: LiveRun;
  /** Counts runs that ended while the page was open, so that answers are asked for again. */
  readonly version: number;
  readonly isConnected: boolean;
}

export function useLive(): Live {
  const [live, setLive] = useState<Live>({ version: 0, isConnected: false });
  useEffect(() => {
    const source = new EventSource('api/events');
    let current: Live = { version: 0, isConnected: false };
    let frame = 0;
    // A thousand lines in one frame are drawn once.
    const show = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setLive(current);
      });
    };
    source.onopen = () => {
      current = { ...current, isConnected: true };
      show();
    };
    source.onerror = () => {
      current = { ...current, isConnected: false };
      show();
    };
    source.onmessage = ({ data }) => {
      const { run, line } = JSON.parse(data) as { run: string; line: JournalLine };
      current = hear(current, run, line);
      show();
    };
    return () => {
      source.close();
      cancelAnimationFrame(frame);
    };
  }, []);
  return live;
}

/** `1.4 of 6 epochs, mAP 0.8`: how far a running task has come; nothing where it does not say so. */
export function describeProgress({ state, done, total, unit, note }: LiveTask): string {
  if (state !== 'running' || done === undefined || total === undefined) return '';
  const amount = `${Number(done.toFixed(1))} of ${total}${unit === undefined ? '' : ` ${unit}`}`;
  return note === undefined ? amount : `${amount}, ${note}`;
}

export function hear(live: Live, run: string, line: JournalLine): Live {
  if ('targets' in line) {
    return {
      ...live,
      run: { run, at: line.at, targets: line.targets, tasks: new Map(), isOver: false, saidAt: line.at },
    };
  }
  if (live.run?.run !== run) return live;
  if ('keys' in line) {
    const isNews = live.run.saidAt >= given.at;
    return { ...live, version: live.version + (isNews ? 1 : 0), run: { ...live.run, isOver: true } };
  }
  return { ...live, run: { ...hearEvent(live.run, line.event, line.at), saidAt: line.at } };
}

function hearEvent(run: LiveRun, event: RunEvent, at: number): LiveRun {
  switch (event.kind) {
    case 'preparing':
      return { ...run, preparing: `${event.what}: ${event.done} of ${event.total} ${event.unit}` };
    case 'run-finished':
      return { ...run, summary: event.summary };
    case 'started':
      return set(run, event.task, { state: 'running', since: at, ...(event.items ? { total: event.items } : {}) });
    case 'progress': {
      const { task, done, total, unit, note } = event;
      const since = run.tasks.get(task)?.since ?? at;
      return set(run, task, { state: 'running', since, done, total, unit, ...(note ? { note } : {}) });
    }
    case 'finished':
      return set(run, event.task, { state: 'done', since: at, seconds: event.seconds });
    case 'reused':
      return set(run, event.task, { state: 'reused', since: at, seconds: event.savedSeconds });
    case 'failed':
      return event.retrying ? run : set(run, event.task, { state: 'failed', since: at, logTail: event.logTail });
    case 'blocked':
      return set(run, event.task, { state: 'blocked', since: at });
    default:
      return run;
  }
}

function set(run: LiveRun, task: string, value: LiveTask): LiveRun {
  return { ...run, tasks: new Map(run.tasks).set(task, value) };
}
