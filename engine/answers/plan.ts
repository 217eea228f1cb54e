import type { PlanAnswer, PlannedTask, PlanRequest, PlanTotal } from '../model/planning.ts';
import { type PlannedRun, planTasks } from '../plan/plan.ts';
import type { Survey } from '../plan/survey.ts';
import { type Foretold, foretell } from '../run/foretell.ts';
import { selectKeeping } from './keep.ts';
import { forcing, look, type Session } from './session.ts';

/** What a run would do and take; nothing is prepared, made or written. */
export async function plan(session: Session, { targets, force, keep, jobs }: PlanRequest): Promise<PlanAnswer> {
  const planned = await planWith(session, targets, { ...(force ? { force } : {}), ...(keep ? { keep } : {}) });
  const { tasks, maybe } = planned;
  return { tasks, maybe, total: totalOf(session, planned, jobs ?? session.machine.cores) };
}

/** The decisions with what they were made from. */
export async function planWith(
  session: Session,
  targets: readonly string[],
  { force = [], keep = [] }: Pick<PlanRequest, 'force' | 'keep'> = {},
): Promise<PlannedRun & { readonly survey: Survey }> {
  const { selection, decided, kept, session: keeping } = await selectKeeping(session, targets, { keep, force });
  const { graph, store } = keeping;
  const survey = await look(keeping, decided);
  const situation = { graph, survey, view: await store.view(), isForced: forcing(session, force), kept };
  return { ...(await planTasks({ situation, store, tasks: selection.tasks, maybe: selection.maybe })), survey };
}

function totalOf({ graph, machine }: Session, planned: PlannedRun, jobs: number): PlanTotal {
  const expected = [...planned.tasks, ...planned.probable];
  const sure = planned.tasks.filter(({ decision }) => decision.kind === 'run');
  const all = expected.filter(({ decision }) => decision.kind === 'run' || decision.kind === 'wait');
  const capacity = { cpu: jobs, memory: machine.memory, gpu: machine.gpus };
  const take = (some: readonly PlannedTask[], seconds: (task: PlannedTask) => number): Foretold =>
    foretell({ graph, capacity, work: new Map(some.map((task) => [task.task, seconds(task)])), more: planned.choices });
  const likely = take(all, ({ expectedSeconds = 0 }) => expectedSeconds);
  const least = take(sure, ({ expectedSeconds = 0, expectedRange }) => expectedRange?.[0] ?? expectedSeconds);
  const most = take(all, ({ expectedSeconds = 0, expectedRange }) => expectedRange?.[1] ?? expectedSeconds);
  return {
    seconds: [least.seconds, likely.seconds, most.seconds],
    criticalPath: likely.criticalPath,
    criticalSeconds: likely.criticalSeconds,
    bytes: expected.reduce((sum, { expectedBytes = 0 }) => sum + expectedBytes, 0),
    unknown: all.filter(({ expectedSeconds }) => expectedSeconds === undefined).length,
    jobs,
  };
}
