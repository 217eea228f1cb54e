import type { PathState } from '../model/artifact.ts';
import type { StatusAnswer, TaskStatus } from '../model/inspection.ts';
import { isInPlace } from '../plan/decide.ts';
import { viewQuery } from '../plan/survey.ts';
import type { Session } from './session.ts';

/** What artifacts/ shows, of which settings, and whether its files are still the records'. */
export async function status(session: Session): Promise<StatusAnswer> {
  const { graph, store, files, spec } = session;
  const view = await store.view();
  const shown = [...graph.tasks.values()].filter((task) => view.has(task.name));
  const views = shown.flatMap((task) => task.outs.map((out) => out.view));
  const states = await files.look(views.map(viewQuery));
  const places = new Map<string, PathState>(views.map((path, index) => [path, states[index] ?? { kind: 'missing' }]));
  const place = (path: string) => places.get(path) ?? ({ kind: 'missing' } as const);
  const tasks = shown.flatMap((task): TaskStatus[] => {
    const { record, kept } = view.get(task.name) ?? {};
    if (!record) return [];
    const { run, startedAt, seconds, outputs } = record;
    return [
      {
        task: task.name,
        run,
        startedAt,
        seconds,
        outputs,
        inPlace: isInPlace(task, record, place),
        ...(kept ? { kept } : {}),
      },
    ];
  });
  const settings = await store.viewSettings();
  return {
    pipeline: spec.file,
    tasks,
    never: [...graph.tasks.keys()].filter((task) => !view.has(task)),
    ...(settings ? { settings } : {}),
    storeBytes: await store.bytes(),
  };
}
