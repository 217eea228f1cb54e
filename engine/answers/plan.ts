import type { PlanAnswer } from '../model/project.ts';
import { planTasks } from '../plan/plan.ts';
import { forcing, look, type Session, select } from './session.ts';

/** What a run would do; nothing is prepared, made or written. */
export async function plan(
  session: Session,
  targets: readonly string[],
  force: readonly string[],
): Promise<PlanAnswer> {
  const selection = select(session, targets);
  const { graph, store } = session;
  const survey = await look(session, selection);
  const situation = { graph, survey, view: await store.view(), isForced: forcing(session, force) };
  return planTasks({ situation, store, tasks: selection.tasks, maybe: selection.maybe });
}
