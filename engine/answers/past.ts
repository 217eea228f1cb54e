import { DiagnosticError } from '../model/diagnostic.ts';
import type { ActionKey, RunId, TaskName } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import type { ActionRecord } from '../model/record.ts';

/** What a task had at some time; undefined where it had nothing. */
export type Past = (task: TaskName) => Promise<ActionRecord | undefined>;

type History = Pick<Store, 'view' | 'find' | 'history' | 'journals' | 'readJournal'>;

/** What artifacts/ shows, else the newest record; or what a run left. */
export async function openPast(store: History, run?: string): Promise<Past> {
  if (run !== undefined) return pastOf(store, run as RunId);
  const view = await store.view();
  return async (task) => view.get(task)?.record ?? (await store.history(task, 1))[0];
}

/** By the run's journal; where it was killed, or found all done, by the newest records up to it. */
async function pastOf(store: History, run: RunId): Promise<Past> {
  const journal = await store.readJournal(run);
  if (journal === undefined && !(await store.history()).some((record) => record.run === run)) {
    const newest = (await store.journals()).slice(0, 3);
    const hint = newest.length === 0 ? 'nothing has run yet' : `the last runs: ${newest.join(', ')}`;
    throw new DiagnosticError([{ code: 'unknown-run', severity: 'error', message: `there is no run '${run}'`, hint }]);
  }
  const keys: Readonly<Record<TaskName, ActionKey>> = journal?.end?.keys ?? {};
  return async (task) => {
    const key = keys[task];
    if (key !== undefined) return (await store.find([key])).get(key);
    return (await store.history(task)).find((record) => record.run <= run);
  };
}
