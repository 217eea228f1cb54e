/** Watches one job: its time, its memory, and the wish to stop it. */
import type { Failure } from '../model/event.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { signalGroup } from './processes.ts';

/** A process group that works for the job. */
export interface Member {
  readonly group: number;
  /** Asks it to stop by itself. */
  readonly ask: () => void;
}

export interface Supervision {
  /** The job begins: its time counts from now on. */
  readonly begin: () => void;
  readonly add: (member: Member) => void;
  readonly remove: (member: Member) => void;
  /** Why the job is being stopped; undefined while it is not. */
  readonly reason: () => Failure | undefined;
  /** The largest sum of its groups' memory that was seen, in bytes; undefined where the job ended too soon. */
  readonly peak: () => number | undefined;
  readonly end: () => void;
}

export interface SupervisionRequest {
  /** Seconds. */
  readonly timeout?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly signal: AbortSignal;
  readonly graceSeconds: number;
  readonly watch: MemoryWatch;
}

/** Milliseconds, some 25 days; a timer that is set to more goes off at once. */
const longestTimer = 2 ** 31 - 1;

export function supervise(request: SupervisionRequest): Supervision {
  const { timeout, memory, signal, graceSeconds, watch } = request;
  const members = new Set<Member>();
  const timers: NodeJS.Timeout[] = [];
  let reason: Failure | undefined;
  let peak: number | undefined;

  const killAll = () => {
    for (const member of members) signalGroup(member.group, 'SIGKILL');
  };
  const stop = (failure: Failure) => {
    if (reason !== undefined) return;
    reason = failure;
    for (const member of members) member.ask();
    timers.push(setTimeout(killAll, graceSeconds * 1000));
  };
  const interrupt = () => stop({ kind: 'interrupted' });
  const endAfter = (milliseconds: number, seconds: number) => {
    const later = () =>
      milliseconds > longestTimer ? endAfter(milliseconds - longestTimer, seconds) : stop({ kind: 'timeout', seconds });
    timers.push(setTimeout(later, Math.min(milliseconds, longestTimer)));
  };
  const unwatch = watch.add({
    groups: () => [...members].map((member) => member.group),
    measured: (bytes) => {
      peak = Math.max(peak ?? 0, bytes);
      if (memory === undefined || bytes <= memory) return;
      stop({ kind: 'memory', bytes, limit: memory });
      // What eats memory gets no grace, for the machine may have none left in five seconds.
      killAll();
    },
  });
  if (signal.aborted) interrupt();
  else signal.addEventListener('abort', interrupt, { once: true });

  return {
    begin: () => {
      if (timeout !== undefined) endAfter(timeout * 1000, timeout);
    },
    add: (member) => {
      members.add(member);
      if (reason !== undefined) member.ask();
    },
    remove: (member) => {
      members.delete(member);
    },
    reason: () => reason,
    peak: () => peak,
    end: () => {
      unwatch();
      signal.removeEventListener('abort', interrupt);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
