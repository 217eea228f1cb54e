/** What a run's journal says of its tasks in time: when each could have begun, when it did, and what it waited for. */

import type { RunJournal } from '../../engine/model/journal.ts';

export interface Bar {
  readonly task: string;
  readonly outcome: 'done' | 'reused' | 'failed' | 'blocked' | 'running' | 'cut';
  /** Milliseconds since the run began: when all it needs was there, when it began, when it ended. */
  readonly ready: number;
  readonly start: number;
  readonly end: number;
  /** The need that came last; absent where it needs nothing that was made in this run. */
  readonly behind?: string;
  /** Tasks that held cores while it was ready and did not run. */
  readonly held: readonly string[];
  readonly cpu: number;
}

export interface Timeline {
  /** In the order in which they began. */
  readonly bars: readonly Bar[];
  /** Milliseconds. */
  readonly length: number;
  /** Cores that tasks held from `at` on. */
  readonly cores: readonly { readonly at: number; readonly held: number }[];
  readonly jobs?: number;
  /** What was done before the first decision, such as building a library: until when, and what it said last. */
  readonly prepared?: { readonly until: number; readonly words: string };
}

/** Milliseconds that a decision takes; shorter waits have no reason worth telling. */
const noWait = 100;

export function readTimeline(journal: RunJournal, now: number): Timeline {
  const { at: origin, jobs } = journal.head;
  const last = journal.entries.at(-1)?.at ?? origin;
  const isOver = journal.entries.some(({ event }) => event.kind === 'run-finished');
  const until = (isOver ? last : now) - origin;
  const spans = new Map<string, Span>();
  let begun = 0;
  let prepared: Timeline['prepared'];
  for (const { at, event } of journal.entries) {
    const time = at - origin;
    if (event.kind === 'run-started') begun = time;
    if (event.kind === 'preparing') prepared = { until: time, words: event.note ?? event.what };
    if (event.kind === 'started') {
      const { task, after = [], cpu = 1 } = event;
      // A second attempt goes on where the first one began.
      const start = spans.get(task)?.start ?? event.at - origin;
      spans.set(task, { start, end: until, outcome: isOver ? 'cut' : 'running', after, cpu });
    }
    if (!('task' in event) || event.task === undefined) continue;
    const outcome = outcomes[event.kind];
    if (outcome === undefined || (event.kind === 'failed' && event.retrying)) continue;
    const { start = time, after = [], cpu = 0 } = spans.get(event.task) ?? {};
    spans.set(event.task, { start, end: time, outcome, after, cpu });
  }
  const sorted = [...spans].sort(([, one], [, other]) => one.start - other.start);
  const bars = sorted.map(([task, { after, ...span }]): Bar => {
    const ends = after.flatMap((need) => {
      const end = spans.get(need)?.end ?? Infinity;
      return end <= span.start + noWait ? [{ need, end }] : [];
    });
    const behind = ends.reduce<(typeof ends)[number] | undefined>(
      (latest, one) => (latest === undefined || one.end > latest.end ? one : latest),
      undefined,
    );
    const ready = Math.min(span.start, Math.max(begun, behind?.end ?? 0));
    const isHolding = (other: Span) => other.cpu > 0 && other.start < span.start && other.end > ready + noWait;
    const held = span.start - ready > noWait ? sorted.filter(([name, other]) => name !== task && isHolding(other)) : [];
    return { task, ...span, ready, held: held.map(([name]) => name), ...(behind ? { behind: behind.need } : {}) };
  });
  return {
    ...{ bars, length: Math.max(until, 1), cores: sumCores(bars, jobs) },
    ...(jobs === undefined ? {} : { jobs }),
    ...(prepared === undefined ? {} : { prepared }),
  };
}

/** Milliseconds since the run began; `after`: all that it had to wait for. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly outcome: Bar['outcome'];
  readonly after: readonly string[];
  readonly cpu: number;
}

const outcomes: Readonly<Record<string, Bar['outcome'] | undefined>> = {
  finished: 'done',
  reused: 'reused',
  failed: 'failed',
  blocked: 'blocked',
};

/** A task whose program has ended gives its cores to the next one while its result is still being kept, so bars overlap. */
function sumCores(bars: readonly Bar[], jobs = Infinity): Timeline['cores'] {
  const changes = bars.flatMap(({ start, end, cpu }) => [
    { at: start, by: cpu },
    { at: end, by: -cpu },
  ]);
  let held = 0;
  const steps = new Map<number, number>([[0, 0]]);
  for (const { at, by } of changes.sort((one, other) => one.at - other.at || one.by - other.by)) {
    held += by;
    steps.set(at, held);
  }
  return [...steps].map(([at, amount]) => ({ at, held: Math.min(amount, jobs) }));
}
