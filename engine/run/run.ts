import { setMaxListeners } from 'node:events';
import type { Failure, RunSummary } from '../model/event.ts';
import type { Digest, RunId, TaskName } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { assess, type Situation } from '../plan/assess.ts';
import { taskQueries } from '../plan/queries.ts';
import { describeState } from '../plan/survey.ts';
import { createAgenda } from './agenda.ts';
import type { Changes } from './attempt-request.ts';
import { createDisturbances } from './disturbances.ts';
import { createMaker, type Settled } from './make.ts';
import { type Decided, linesOfLog, type MakerOrder, type MakerTools, type Runnable } from './runnable.ts';
import { createSlots } from './slots.ts';
import { createTally } from './tally.ts';

export interface RunOrder extends Omit<MakerOrder, 'disturbances'> {
  readonly graph: TaskGraph;
  readonly targets: readonly TaskName[];
  readonly isForced: (task: TaskNode) => boolean;
  /** Results in place of tasks that are wanted, too, but are known to stand; the graph does not hold them. */
  readonly standing: ReadonlyMap<TaskName, ActionRecord>;
  /** CPU slots. */
  readonly jobs: number;
  readonly failFast: boolean;
}

export interface RunTools extends MakerTools {
  /** The failure that an error of the file system means; undefined where the error is a bug. */
  readonly diskFailure: (error: unknown) => Failure | undefined;
}

export interface FinishedRun {
  readonly summary: RunSummary;
  /** What each task that is done has: made, restored or found. */
  readonly records: ReadonlyMap<TaskName, ActionRecord>;
}

/** A source that changes at every look would otherwise be chased for ever. */
const mostLooks = 5;

/** Runs what is wanted until nothing more can be done; every decision is made when its inputs' digests are known. */
export async function runTasks(order: RunOrder, tools: RunTools): Promise<FinishedRun> {
  const { graph, survey, emit } = order;
  const stop = new AbortController();
  const signal = AbortSignal.any([order.signal, stop.signal]);
  // Each running task listens to it, and node warns of more than ten.
  setMaxListeners(0, signal);
  const agenda = createAgenda(graph);
  const tally = createTally(tools.machine.now());
  const capacity = { cpu: order.jobs, memory: tools.machine.memory, gpu: tools.machine.gpus };
  const slots = createSlots({
    capacity,
    signal,
    opened: () => wake(),
    // Who is told of a failure first may stop the next one.
    passesOn: ({ action, each, stage }) => action.kind === 'run' && !each && stage.retries === 0 && !order.failFast,
  });
  const disturbances = createDisturbances();
  const maker = createMaker({ ...order, signal, disturbances }, tools);
  const records = new Map<TaskName, ActionRecord>();
  const looks = new Map<TaskName, number>();
  const situation: Situation = { ...order, store: tools.store, record: (task) => records.get(task) };
  const node = (name: TaskName) => graph.tasks.get(name) as TaskNode;
  /** Of results that are in place: what a run that runs nothing need not say that it counts on. */
  const found: Digest[] = [];
  /** Another run may show something else in artifacts/ while this one goes on, and a third make room. */
  let relied = Promise.resolve();
  let runnable: Runnable[] = [];
  let active = 0;
  let wake = () => {};
  let bug: unknown;

  function known(task: TaskName, record: ActionRecord): void {
    records.set(task, record);
    agenda.done(task);
  }

  function reused(task: TaskName, record: ActionRecord, restored: boolean): void {
    tally.reused(record.seconds, restored);
    if (!restored) found.push(...Object.values(record.outputs).flatMap((output) => output?.digest ?? []));
    emit({ kind: 'reused', task, restored, savedSeconds: record.seconds });
    known(task, record);
  }

  function keep(task: TaskName, record: ActionRecord): void {
    tally.kept();
    emit({ kind: 'reused', task, restored: false, savedSeconds: record.seconds, kept: true });
    known(task, record);
  }

  async function fail(task: TaskName, failure: Failure, logFile?: string): Promise<void> {
    const logTail = logFile ? await tools.store.logTail(logFile, linesOfLog) : [];
    tally.failed();
    // A task that printed nothing has no log to look at.
    const log = logTail.length > 0 && logFile ? { logFile } : {};
    emit({ kind: 'failed', task, failure, logTail, ...log, retrying: false });
    for (const stopped of agenda.fail(task)) block(stopped.task, stopped.by);
    if (order.failFast) stop.abort();
  }

  function block(task: TaskName, by: readonly TaskName[]): void {
    tally.blocked();
    emit({ kind: 'blocked', task, by });
  }

  async function decideOn(name: TaskName): Promise<void> {
    const task = node(name);
    const mark = disturbances.mark();
    const assessment = await assess(task, situation);
    if (assessment.kind === 'wait') {
      for (const lost of agenda.waitFor(name, assessment.on)) block(lost.task, lost.by);
      return;
    }
    if (assessment.kind === 'failed') return fail(name, assessment.failure);
    if (assessment.kind === 'kept') return start(name, () => maker.keep(task, assessment.record));
    const { decision } = assessment;
    const decided = { ...assessment, mark };
    if (decision.kind === 'reuse') reused(name, decision.record, false);
    else if (decision.kind === 'restore') start(name, () => maker.restore(task, decision.record, decided));
    else {
      const failure = order.guard(task, decision.because);
      if (failure) return fail(name, failure);
      runnable.push({ task, decided, because: decision.because });
    }
  }

  /** Runs something beside the others and settles its task when it ends. */
  function start(name: TaskName, work: () => Promise<Settled>): void {
    active += 1;
    work()
      .then((settled) => settle(name, settled))
      .catch((error: unknown) => settleError(name, error))
      .finally(() => {
        active -= 1;
        wake();
      });
  }

  async function settle(name: TaskName, settled: Settled): Promise<void> {
    if (settled.kind === 'restored') reused(name, settled.record, true);
    else if (settled.kind === 'kept') keep(name, settled.record);
    else if (settled.kind === 'failed') await fail(name, settled.failure, settled.logFile);
    else if (settled.kind === 'damaged') runnable.push(settled.runnable);
    else if (settled.kind === 'outdated') await lookAgain(name, settled.decided, settled);
    else if (settled.kind === 'made') {
      tally.ran();
      known(name, settled.record);
    }
  }

  /** A bug ends the run, but not before the others have stopped and what they finished is kept. */
  async function settleError(name: TaskName, error: unknown): Promise<void> {
    const failure: Failure | undefined = signal.aborted ? { kind: 'interrupted' } : tools.diskFailure(error);
    if (failure) return fail(name, failure);
    bug ??= error;
    stop.abort();
  }

  async function lookAgain(name: TaskName, decided: Decided, { paths, fresh }: Changes): Promise<void> {
    const count = (looks.get(name) ?? 0) + 1;
    looks.set(name, count);
    if (count >= mostLooks) return fail(name, { kind: 'input-changed', paths });
    emit({ kind: 'notice', task: name, text: `${paths.join(', ')} changed while ${name} ran; it runs again` });
    // Noted on all sides of the look, since other tasks are decided on and end while it goes on. What another task noted is
    // not noted again: the two would disturb each other for ever.
    disturbances.note(fresh);
    // A run that began earlier may put its results in the place of what is read here; the last look is undisturbed.
    if (count === mostLooks - 1) await tools.store.passEarlier((run) => tellWait(name, run), signal);
    const queries = taskQueries(node(name), survey.facts.get(name));
    const before = queries.map(survey.state).map(describeState);
    await survey.refresh(queries);
    const seen = queries.filter((query, at) => describeState(survey.state(query)) !== before[at]);
    disturbances.note([...fresh, ...seen.map(({ path }) => path)]);
    // What changed below artifacts/ is put back from the store before it is read again.
    for (const piece of [...decided.resolved.inputs.flatMap((input) => input.pieces), ...decided.resolved.each]) {
      const record = piece.made && records.get(piece.made.task);
      if (piece.made && record) await maker.show(node(piece.made.task), record);
    }
    disturbances.note(fresh);
    await decideOn(name);
  }

  function tellWait(task: TaskName, run: RunId): void {
    emit({ kind: 'notice', task, text: `waits until run ${run} has ended, which replaces what it reads` });
  }

  function startRunnable(): void {
    const waiting: Runnable[] = [];
    let next = 0;
    for (; next < runnable.length && slots.isOpen() && !signal.aborted; next += 1) {
      const entry = runnable[next] as Runnable;
      const seat = slots.take(entry.task);
      if (seat === undefined) {
        waiting.push(entry);
        continue;
      }
      if (found.length > 0) relied = tools.store.rely(found.splice(0));
      const make = async () => {
        await relied;
        const settled = await maker.make(entry, { seat, after: () => agenda.waitedFor(entry.task.name) });
        // Before the slot is free, lest another task begins only to be stopped.
        if (order.failFast && settled.kind === 'failed') stop.abort();
        return settled;
      };
      start(entry.task.name, () => make().finally(seat.leave));
    }
    if (next > 0) runnable = [...waiting, ...runnable.slice(next)];
  }

  agenda.want(order.targets);
  const tasks = agenda.wanted() + order.standing.size;
  emit({ kind: 'run-started', run: order.run, tasks, at: tools.machine.now() });
  for (const [name, record] of order.standing) reused(name, record, false);
  for (;;) {
    for (let name = agenda.next(); name !== undefined && !signal.aborted; name = agenda.next()) {
      await decideOn(name).catch((error: unknown) => settleError(name, error));
    }
    startRunnable();
    if (active === 0) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  if (bug) throw bug;
  return { summary: tally.summary(order.signal.aborted, tools.machine.now()), records };
}
