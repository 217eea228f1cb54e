import type { RunEvent } from '../model/event.ts';
import type { RunRequest } from '../model/project.ts';
import { createChannel } from '../run/channel.ts';
import { runTasks } from '../run/run.ts';
import { forcing, look, type Session, select } from './session.ts';

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
        emit,
      },
      { ...session, survey },
    );
    emit({ kind: 'run-finished', run: session.run, summary });
  } finally {
    await store.saveView(session.settings);
    await files.save();
    await code.save();
  }
}
