/** What a run's journal says of its tasks in time: when each could have begun, when it did, and what it waited for. */

import type { StructureTask } from '../../engine/model/inspection.ts';
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
}

/** Milliseconds that a decision takes; shorter waits have no reason worth telling. */
const noWait = 100;

export function readTimeline(journal: RunJournal, tasks: readonly StructureTask[], now: number): Timeline {
  const { at: origin, jobs } = journal.head;
  const last = journal.entries.at(-1)?.at ?? origin;
  const isOver = journal.entries.some(({ event }) => event.kind === 'run-finished');
  const until = (isOver ? last : now) - origin;
  const spans = new Map<string, { start: number; end: number; outcome: Bar['outcome'] }>();
  let begun = 0;
  for (const { at, event } of journal.entries) {
    const time = at - origin;
    if (event.kind === 'run-started') begun = time;
    if (event.kind === 'started') {
      const start = event.at - origin;
      // A second attempt goes on where the first one began.
      spans.set(event.task, {
        start: spans.get(event.task)?.start ?? start,
        end: until,
        outcome: isOver ? 'cut' : 'running',
      });
    }
    if (!('task' in event) || event.task === undefined) continue;
    const outcome = outcomes[event.kind];
    if (outcome === undefined || (event.kind === 'failed' && event.retrying)) continue;
    spans.set(event.task, { start: spans.get(event.task)?.start ?? time, end: time, outcome });
  }
  const nodes = new Map(tasks.map((task) => [task.task as string, task]));
  const sorted = [...spans].sort(([, one], [, other]) => one.start - other.start);
  const cpuOf = coresOf(sorted, nodes, jobs);
  const asked = choosersOf(tasks);
  const bars = sorted.map(([task, span]): Bar => {
    const node = nodes.get(task);
    const needs = [...(node?.needs ?? []), ...(node?.mayNeed ?? []), ...(asked.get(task) ?? [])].filter(
      (need) => need !== task && (spans.get(need)?.end ?? Infinity) <= span.start + noWait,
    );
    const behind = needs.toSorted((one, other) => (spans.get(other)?.end ?? 0) - (spans.get(one)?.end ?? 0))[0];
    const ready = Math.min(span.start, Math.max(begun, behind === undefined ? 0 : (spans.get(behind)?.end ?? 0)));
    const others = sorted.filter(
      ([name, other]) => name !== task && other.start < span.start && other.end > ready + noWait,
    );
    const held =
      span.start - ready > noWait ? others.filter(([name]) => (cpuOf.get(name) ?? 0) > 0).map(([name]) => name) : [];
    return { task, ...span, ready, held, cpu: cpuOf.get(task) ?? 0, ...(behind === undefined ? {} : { behind }) };
  });
  return { bars, length: Math.max(until, 1), cores: sumCores(bars), ...(jobs === undefined ? {} : { jobs }) };
}

const outcomes: Readonly<Record<string, Bar['outcome'] | undefined>> = {
  finished: 'done',
  reused: 'reused',
  failed: 'failed',
  blocked: 'blocked',
};

/** What is run only where a choice asks for it waits for the choice, which its reader also needs. */
function choosersOf(tasks: readonly StructureTask[]): ReadonlyMap<string, readonly string[]> {
  const wanted = new Set(tasks.flatMap(({ needs }) => needs));
  return new Map(
    tasks.flatMap(({ mayNeed, needs }) =>
      mayNeed.filter((task) => !wanted.has(task)).map((task) => [task, needs] as const),
    ),
  );
}

type Spans = readonly (readonly [string, Pick<Bar, 'start' | 'end' | 'outcome'>])[];

/** What each task held, as the scheduler gives it: no more than there are, and all that are free to one with items. */
function coresOf(spans: Spans, nodes: ReadonlyMap<string, StructureTask>, jobs: number | undefined) {
  const held = new Map<string, number>();
  for (const [task, { start, outcome }] of spans) {
    const node = nodes.get(task);
    if (outcome === 'reused' || outcome === 'blocked') continue;
    const cpu = Math.min(node?.cpu ?? 1, jobs ?? Infinity);
    const busy = spans
      .filter(([name, other]) => held.has(name) && other.end > start)
      .map(([name]) => held.get(name) ?? 0);
    const free = (jobs ?? cpu) - busy.reduce((sum, one) => sum + one, 0);
    held.set(task, node?.isEach ? Math.max(cpu, Math.floor(free / cpu) * cpu) : cpu);
  }
  return held;
}

function sumCores(bars: readonly Bar[]): Timeline['cores'] {
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
  return [...steps].map(([at, amount]) => ({ at, held: amount }));
}
