import { DiagnosticError } from '../model/diagnostic.ts';
import type { RunEvent } from '../model/event.ts';
import type { ActionKey, TaskName } from '../model/names.ts';
import type { JournalWriter, ViewEntry } from '../model/ports.ts';
import type { RunRequest } from '../model/project.ts';
import type { TaskNode } from '../model/task.ts';
import { createChannel } from '../run/channel.ts';
import { runTasks } from '../run/run.ts';
import { selectKeeping } from './keep.ts';
import { confirmPrice } from './price.ts';
import { forcing, look, type Session } from './session.ts';
import type { QuietRun } from './standstill.ts';

/** Runs what the request asks for; the events come while it runs. */
export function run(session: Session, request: RunRequest): AsyncIterable<RunEvent> {
  const channel = createChannel<RunEvent>();
  const journal = openJournal(session, request);
  const emit = (event: RunEvent) => {
    journal.write(event);
    channel.push(event);
  };
  work(session, request, emit)
    .then(journal.close, (error: unknown) => journal.close().then(() => Promise.reject(error)))
    .then(channel.close, channel.fail);
  return channel;
}

function openJournal(
  { store, machine, run, spec, settings }: Session,
  { targets, force, keep = [], jobs = machine.cores }: RunRequest,
): JournalWriter {
  const asked = { targets, force, ...(keep.length > 0 ? { keep } : {}), settings, jobs };
  return store.openJournal({ run, at: machine.now(), pipeline: spec.file, ...asked }, machine.now);
}

function describeUnseen(count: number): string {
  const what = count === 1 ? 'the result of 1 task was' : `the results of ${count} tasks were`;
  return `--trace watches what runs; ${what} known, and --force STAGE runs one nevertheless`;
}

interface Expected {
  readonly view: ReadonlyMap<TaskName, ViewEntry>;
  /** CPU slots. */
  readonly jobs: number;
}

/** Whatever was never shown probably has to be made: workers' processes start while this one looks at code and files. */
function expectWork({ graph, executor }: Session, tasks: readonly TaskName[], { view, jobs }: Expected): TaskNode[] {
  const fresh = tasks
    .map((name) => graph.tasks.get(name) as TaskNode)
    .filter(({ name, action, stage }) => action.kind === 'use' && stage.env.length === 0 && !view.has(name));
  let cores = jobs;
  for (const { resources, each } of fresh) {
    for (let isMore = true; isMore && cores > 0; isMore = each !== undefined) {
      executor.expect(resources.cpu);
      cores -= resources.cpu;
    }
  }
  return fresh;
}

/** Gives the keys of what the run's tasks have when it ends. */
async function work(
  session: Session,
  request: RunRequest,
  emit: (event: RunEvent) => void,
): Promise<Readonly<Record<TaskName, ActionKey>>> {
  const { store, files, code, machine, part } = session;
  const { keep = [], force } = request;
  const cannotWatch = request.trace ? await session.executor.cannotWatch() : undefined;
  if (cannotWatch) throw new DiagnosticError([{ code: 'cannot-trace', severity: 'error', ...cannotWatch }]);
  const keeping = await selectKeeping(session, part?.targets ?? request.targets, { keep, force });
  const { selection, kept } = keeping;
  const isForced = forcing(session, force);
  const view = await store.view();
  const jobs = request.jobs ?? machine.cores;
  const fresh = expectWork(keeping.session, keeping.decided.tasks, { view, jobs });
  const survey = await look(keeping.session, keeping.decided, async (module, threads) => {
    if (code.factsKnown(module, threads)) return;
    const what = module.module;
    await code.prepare(
      module,
      {
        progress: (report) => emit({ kind: 'preparing', what, ...report }),
        log: (text) => emit({ kind: 'notice', text }),
      },
      request.signal,
    );
  });
  for (const { action, resources } of fresh.slice(0, jobs)) {
    const code = action.kind === 'use' ? survey.codes.get(action.module) : undefined;
    if (code) session.executor.expect(resources.cpu, code.bundle);
  }
  for (const { message } of survey.diagnostics) emit({ kind: 'notice', text: `warning: ${message}` });
  const situation = { graph: keeping.session.graph, survey, view, isForced };
  const guard = await confirmPrice(keeping, situation, request.confirm);
  const decided = new Set(selection.tasks);
  const standing = new Map(
    (part?.before.standstill.tasks ?? []).flatMap(([task]) => {
      const record = decided.has(task) ? undefined : view.get(task)?.record;
      return record ? [[task, record] as const] : [];
    }),
  );
  const reused: (readonly [TaskName, number])[] = [];
  let quiet: QuietRun | undefined;
  const keys: Record<TaskName, ActionKey> = {};
  try {
    const { summary, records } = await runTasks(
      {
        run: session.run,
        graph: keeping.session.graph,
        kept,
        guard,
        targets: selection.targets,
        isForced,
        standing,
        view,
        survey,
        jobs,
        failFast: request.failFast,
        trace: request.trace === true,
        signal: request.signal,
        emit: (event) => {
          if (event.kind === 'reused' && !event.restored) reused.push([event.task, event.savedSeconds]);
          emit(event);
        },
      },
      { ...session, survey },
    );
    for (const [task, { key }] of records) keys[task] = key;
    const unseen = summary.reused + summary.restored + summary.kept;
    if (request.trace && unseen > 0) emit({ kind: 'notice', text: describeUnseen(unseen) });
    emit({ kind: 'run-finished', run: session.run, summary });
    const wasQuiet = summary.outcome === 'done' && reused.length === summary.reused && summary.ran === 0;
    if (wasQuiet && force.length + keep.length === 0 && survey.diagnostics.length === 0) {
      const nodes = [...selection.tasks, ...selection.maybe].map((name) => session.graph.tasks.get(name) as TaskNode);
      quiet = { targets: request.targets, survey, nodes, reused };
    }
  } finally {
    await store.saveView(session.settings);
    await code.save();
    await store.buryDead();
    // Last, since it waits until the filesystem's clock has moved on.
    await files.save();
  }
  if (quiet) await session.keepStandstill(quiet);
  return keys;
}
