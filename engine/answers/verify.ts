import { join } from 'node:path';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { TaskName } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import type { ShownOutput, UpkeepProgress, VerifyAnswer } from '../model/upkeep.ts';
import { plan } from './plan.ts';
import type { Session } from './session.ts';

/**
 * Reads all of the store, and says what the next run does about what could not be healed, as far as the pipeline can be
 * read: the store is sound or not without it.
 */
export async function verify(
  { root, store, upkeep, machine }: Pick<Session, 'root' | 'store' | 'upkeep' | 'machine'>,
  session?: Session,
  progress?: UpkeepProgress,
): Promise<VerifyAnswer> {
  const started = machine.now();
  const shown = shownOutputs(root, await store.view(), session);
  const check = await upkeep.check({ shown, ...(progress ? { progress } : {}) });
  const lost = check.faults.filter((fault) => fault.healedFrom === undefined).flatMap(({ tasks }) => tasks);
  const next = session ? await planned(session, new Set(lost)) : [];
  return { ...check, seconds: (machine.now() - started) / 1000, next };
}

/** Each output at each of its task's places: what lies there is compared with it before anything is healed. */
function shownOutputs(root: string, view: Awaited<ReturnType<Store['view']>>, session?: Session): ShownOutput[] {
  return [...view].flatMap(([name, { record, views }]) => {
    const places = views ?? session?.graph.tasks.get(name)?.outs.map((out) => out.view) ?? [];
    return Object.values(record.outputs).flatMap((output) =>
      places.flatMap((place) => {
        const shown = `artifacts/${place}`;
        return output ? [{ path: join(root, shown), shown, output }] : [];
      }),
    );
  });
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
