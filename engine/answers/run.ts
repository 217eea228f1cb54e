import type { RunEvent } from '../model/event.ts';
import type { TaskName } from '../model/names.ts';
import type { RunRequest } from '../model/project.ts';
import type { TaskNode } from '../model/task.ts';
import { createChannel } from '../run/channel.ts';
import { runTasks } from '../run/run.ts';
import { forcing, look, type Session, select } from './session.ts';
import type { QuietRun } from './standstill.ts';

/** Runs what the request asks for; the events come while it runs. */
export function run(session: Session, request: RunRequest): AsyncIterable<RunEvent> {
  const channel = createChannel<RunEvent>();
  work(session, request, channel.push).then(channel.close, channel.fail);
  return channel;
}

async function work(session: Session, request: RunRequest, emit: (event: RunEvent) => void): Promise<void> {
  const { store, files, code, machine } = session;
  const selection = select(session, request.targets);
  const isForced = forcing(session, request.force);
  const survey = await look(session, selection, async (module, threads) => {
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
  for (const { message } of survey.diagnostics) emit({ kind: 'notice', text: `warning: ${message}` });
  const reused: (readonly [TaskName, number])[] = [];
  let quiet: QuietRun | undefined;
  try {
    const summary = await runTasks(
      {
        run: session.run,
        graph: session.graph,
        targets: selection.targets,
        isForced,
        view: await store.view(),
        survey,
        jobs: request.jobs ?? machine.cores,
        failFast: request.failFast,
        signal: request.signal,
        emit: (event) => {
          if (event.kind === 'reused' && !event.restored) reused.push([event.task, event.savedSeconds]);
          emit(event);
        },
      },
      { ...session, survey },
    );
    emit({ kind: 'run-finished', run: session.run, summary });
    const wasQuiet = summary.outcome === 'done' && reused.length === summary.reused && summary.ran === 0;
    if (wasQuiet && request.force.length === 0 && survey.diagnostics.length === 0) {
      const nodes = [...selection.tasks, ...selection.maybe].map((name) => session.graph.tasks.get(name) as TaskNode);
      quiet = { targets: request.targets, survey, nodes, reused };
    }
  } finally {
    await store.saveView(session.settings);
    await files.save();
    await code.save();
  }
  if (quiet) await session.keepStandstill(quiet);
}
