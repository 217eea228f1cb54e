import { join } from 'node:path';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { TaskName } from '../model/names.ts';
import type { ShownOutput, UpkeepProgress, VerifyAnswer } from '../model/upkeep.ts';
import { plan } from './plan.ts';
import type { Session } from './session.ts';

/** Reads all of the store, and says what the next run does about what could not be healed. */
export async function verify(session: Session, progress?: UpkeepProgress): Promise<VerifyAnswer> {
  const started = session.machine.now();
  const check = await session.upkeep.check({ shown: await shownOutputs(session), ...(progress ? { progress } : {}) });
  const lost = check.faults.filter((fault) => fault.healedFrom === undefined).flatMap(({ tasks }) => tasks);
  const next = await planned(session, new Set(lost));
  return { ...check, seconds: (session.machine.now() - started) / 1000, next };
}

async function shownOutputs({ root, graph, store }: Session): Promise<ShownOutput[]> {
  const view = await store.view();
  return [...graph.tasks.values()].flatMap((task) =>
    task.outs.flatMap(({ name, view: place }) => {
      const output = view.get(task.name)?.record.outputs[name];
      const shown = `artifacts/${place}`;
      return output ? [{ path: join(root, shown), shown, output }] : [];
    }),
  );
}

async function planned(session: Session, tasks: ReadonlySet<TaskName>): Promise<VerifyAnswer['next']> {
  const known = [...tasks].filter((task) => session.graph.tasks.has(task));
  if (known.length === 0) return [];
  try {
    const answer = await plan(session, { targets: known, force: [] });
    return answer.tasks.flatMap(({ task, decision, expectedSeconds }) =>
      tasks.has(task)
        ? [{ task, decision: decision.kind, ...(expectedSeconds === undefined ? {} : { expectedSeconds }) }]
        : [],
    );
  } catch (error) {
    // A missing source is no fault of the store: a run will say it.
    if (error instanceof DiagnosticError) return [];
    throw error;
  }
}
