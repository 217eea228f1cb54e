import type { Change } from '../model/decision.ts';
import type { Failure, RunEvent, RunSummary } from '../model/event.ts';
import type { ActionKey, Digest, RunId, TaskName } from '../model/names.ts';
import type { ViewEntry } from '../model/ports.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { type Assessment, assess } from '../plan/assess.ts';
import { type Survey, taskQueries, viewQuery } from '../plan/survey.ts';
import { createAgenda } from './agenda.ts';
import { type AttemptTools, attemptTask } from './attempt.ts';
import { createBudget } from './budget.ts';
import { createTally } from './tally.ts';

export interface RunOrder {
  readonly run: RunId;
  readonly graph: TaskGraph;
  /** Every task of the graph in an order in which each stands after those it needs. */
  readonly order: readonly TaskName[];
  readonly targets: readonly TaskName[];
  readonly isForced: (task: TaskNode) => boolean;
  readonly view: ReadonlyMap<TaskName, ViewEntry>;
  readonly survey: Survey;
  /** CPU slots. */
  readonly jobs: number;
  readonly failFast: boolean;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

type Decided = Assessment & { readonly kind: 'decided' };
type Runnable = { readonly task: TaskNode; readonly decided: Decided; readonly because: readonly Change[] };
type Settled =
  | { readonly kind: 'known'; readonly record: ActionRecord }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly logFile?: string }
  /** Its files are damaged, so it has to be made again. */
  | { readonly kind: 'damaged'; readonly runnable: Runnable }
  | { readonly kind: 'outdated'; readonly paths: readonly string[]; readonly decided: Decided };

/** A source that changes at every look would otherwise be chased for ever. */
const mostLooks = 5;

/** Runs what is wanted until nothing more can be done; every decision is made when its inputs' digests are known. */
export async function runTasks(order: RunOrder, tools: AttemptTools): Promise<RunSummary> {
  const { graph, survey, emit } = order;
  const agenda = createAgenda(graph, order.order);
  const tally = createTally(tools.machine.now());
  const budget = createBudget({ cpu: order.jobs, memory: tools.machine.memory, gpu: tools.machine.gpus });
  const records = new Map<TaskName, ActionRecord>();
  const distrusted = new Set<Digest>();
  const looks = new Map<TaskName, number>();
  const stop = new AbortController();
  const signal = AbortSignal.any([order.signal, stop.signal]);
  let runnable: Runnable[] = [];
  let active = 0;
  let wake = () => {};

  const node = (name: TaskName) => graph.tasks.get(name) as TaskNode;
  const situation = {
    graph,
    survey,
    view: order.view,
    store: tools.store,
    record: (task: TaskName) => records.get(task),
    isForced: order.isForced,
  };

  function known(task: TaskName, record: ActionRecord): void {
    records.set(task, record);
    agenda.done(task);
  }

  async function fail(task: TaskName, failure: Failure, logFile?: string): Promise<void> {
    tally.failed();
    const logTail = logFile ? await tools.store.logTail(logFile, 20) : [];
    emit({ kind: 'failed', task, failure, logTail, ...(logFile ? { logFile } : {}), retrying: false });
    for (const stopped of agenda.fail(task)) block(stopped.task, stopped.by);
    if (order.failFast) stop.abort();
  }

  function block(task: TaskName, by: readonly TaskName[]): void {
    tally.blocked();
    emit({ kind: 'blocked', task, by });
  }

  async function decideOn(name: TaskName): Promise<void> {
    const task = node(name);
    const assessment = await assess(task, situation);
    if (assessment.kind === 'wait') {
      const lost = agenda.waitFor(name, assessment.on);
      if (lost.length > 0) block(name, lost);
    } else if (assessment.kind === 'failed') {
      await fail(name, assessment.failure);
    } else if (assessment.decision.kind === 'reuse') {
      const { record } = assessment.decision;
      tally.reused(record.seconds);
      emit({ kind: 'reused', task: name, restored: false, savedSeconds: record.seconds });
      known(name, record);
    } else if (assessment.decision.kind === 'restore') {
      const { record } = assessment.decision;
      start(name, () => restore(task, record, assessment));
    } else {
      runnable.push({ task, decided: assessment, because: assessment.decision.because });
    }
  }

  /** Runs something beside the others and settles its task when it ends; a bug inside ends the run. */
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

  let bug: unknown;
  async function settleError(name: TaskName, error: unknown): Promise<void> {
    const disk = tools.diskFailure(error);
    if (disk) await fail(name, disk);
    else if (signal.aborted) await fail(name, { kind: 'interrupted' });
    else {
      bug ??= error;
      stop.abort();
    }
  }

  async function settle(name: TaskName, settled: Settled): Promise<void> {
    if (settled.kind === 'known') known(name, settled.record);
    else if (settled.kind === 'failed') await fail(name, settled.failure, settled.logFile);
    else if (settled.kind === 'damaged') runnable.push(settled.runnable);
    else await lookAgain(name, settled.decided, settled.paths);
  }

  async function lookAgain(name: TaskName, decided: Decided, paths: readonly string[]): Promise<void> {
    const count = (looks.get(name) ?? 0) + 1;
    looks.set(name, count);
    if (count >= mostLooks) return fail(name, { kind: 'input-changed', paths });
    emit({ kind: 'notice', task: name, text: `${paths.join(', ')} changed while ${name} ran; it runs again` });
    await survey.refresh(taskQueries(node(name), survey.codes));
    // What changed below artifacts/ is put back from the store before it is read again.
    for (const piece of [...decided.resolved.inputs.flatMap((input) => input.pieces), ...decided.resolved.each]) {
      const record = piece.made && records.get(piece.made.task);
      if (piece.made && record) await show(node(piece.made.task), record);
    }
    await decideOn(name);
  }

  async function show(task: TaskNode, record: ActionRecord): Promise<readonly Digest[]> {
    const places = task.outs.map((out) => ({
      out: out.name,
      view: out.view,
      output: record.outputs[out.name] ?? null,
    }));
    const placed = await tools.store.place({ task: task.name, record, places });
    if (placed.kind === 'damaged') return placed.digests;
    for (const { from, to } of placed.movedAside) {
      emit({ kind: 'notice', task: task.name, text: `${from} was changed by hand; your version is kept as ${to}` });
    }
    return [];
  }

  async function restore(task: TaskNode, record: ActionRecord, decided: Decided): Promise<Settled> {
    const damaged = await show(task, record);
    if (damaged.length > 0) {
      for (const digest of damaged) distrusted.add(digest);
      const lost = task.outs.find((out) => damaged.includes(record.outputs[out.name]?.digest as Digest));
      emit({ kind: 'notice', task: task.name, text: `a stored result of ${task.name} is damaged; it is made again` });
      const because: Change[] = [{ kind: 'output-damaged', out: lost?.name ?? task.outs[0]?.name ?? '' }];
      return { kind: 'damaged', runnable: { task, decided, because } };
    }
    tally.restored(record.seconds);
    emit({ kind: 'reused', task: task.name, restored: true, savedSeconds: record.seconds });
    return { kind: 'known', record };
  }

  function startRunnable(): void {
    const waiting: Runnable[] = [];
    for (const entry of runnable) {
      const demand = entry.task.resources;
      if (signal.aborted || !budget.take(demand)) {
        waiting.push(entry);
        continue;
      }
      // Items spread over what is free; what runs beside them shares the rest.
      const extra: (typeof demand)[] = [];
      if (entry.task.each)
        while (budget.take({ ...demand, memory: 0, locks: [] })) extra.push({ ...demand, memory: 0, locks: [] });
      start(entry.task.name, async () => {
        try {
          return await make(entry, 1 + extra.length);
        } finally {
          budget.give(demand);
          extra.forEach(budget.give);
        }
      });
    }
    runnable = waiting;
  }

  async function make(entry: Runnable, workers: number): Promise<Settled> {
    const { task, decided } = entry;
    const forced = entry.because.some((change) => change.kind === 'forced');
    const damaged = entry.because.some((change) => change.kind === 'output-damaged');
    const key = decided.decision.key as ActionKey;
    const claim = await tools.store.claim(key, signal);
    try {
      // Another run may have made it while this one waited for the claim.
      const found = forced || damaged ? undefined : (await tools.store.find([key])).get(key);
      if (found) return await restore(task, found, decided);
      return await attempts(entry, key, { workers, forced });
    } finally {
      await claim.release();
    }
  }

  async function attempts(
    entry: Runnable,
    key: ActionKey,
    how: { workers: number; forced: boolean },
  ): Promise<Settled> {
    const { task, decided, because } = entry;
    const code = survey.facts.get(task.name)?.code;
    const last = order.view.get(task.name)?.record;
    for (let attempt = 1; ; attempt += 1) {
      const started = (items?: number) =>
        emit({
          kind: 'started',
          task: task.name,
          because,
          attempt,
          ...(items === undefined ? {} : { items }),
          at: tools.machine.now(),
        });
      if (!task.each) started();
      const result = await attemptTask(
        {
          assignment: { task, code, material: decided.material, resolved: decided.resolved },
          key,
          run: order.run,
          attempt,
          workers: how.workers,
          forced: how.forced,
          distrusted,
          sources: readPaths(task, decided),
          listener: {
            progress: (report) => emit({ kind: 'progress', task: task.name, ...report }),
            items: started,
          },
          signal,
        },
        tools,
      );
      if (result.kind === 'outdated') return { ...result, decided };
      if (result.kind === 'made') {
        const lost = await show(task, result.record);
        if (lost.length > 0)
          return {
            kind: 'damaged',
            runnable: { ...entry, because: [{ kind: 'output-damaged', out: task.outs[0]?.name ?? '' }] },
          };
        finished(task, result.record, last);
        return { kind: 'known', record: result.record };
      }
      const mayRetry = attempt <= task.stage.retries && result.failure.kind !== 'diagnostics' && !signal.aborted;
      if (!mayRetry) return result;
      const logTail = result.logFile ? await tools.store.logTail(result.logFile, 20) : [];
      emit({ ...result, kind: 'failed', task: task.name, logTail, retrying: true });
      await tools.machine.sleep(1000 * 2 ** (attempt - 1), signal);
    }
  }

  function readPaths(task: TaskNode, decided: Decided) {
    const pieces = [...decided.resolved.inputs.flatMap((input) => input.pieces), ...decided.resolved.each];
    const made = pieces.filter((piece) => piece.made).map((piece) => ({ path: piece.path, glob: false }));
    return [...taskQueries(task, survey.codes), ...made];
  }

  function finished(task: TaskNode, record: ActionRecord, last: ActionRecord | undefined): void {
    tally.ran();
    const same =
      last !== undefined &&
      task.outs.every((out) => record.outputs[out.name]?.digest === last.outputs[out.name]?.digest);
    emit({
      kind: 'finished',
      task: task.name,
      seconds: record.seconds,
      ...(record.items ? { items: record.items } : {}),
      ...(record.skips?.length ? { skips: record.skips } : {}),
      same,
    });
  }

  agenda.want(order.targets);
  emit({ kind: 'run-started', run: order.run, tasks: agenda.wanted(), at: tools.machine.now() });
  for (;;) {
    for (let name = agenda.next(); name !== undefined && !signal.aborted; name = agenda.next()) await decideOn(name);
    startRunnable();
    if (active === 0) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  if (bug) throw bug;
  return tally.summary(order.signal.aborted, tools.machine.now());
}
