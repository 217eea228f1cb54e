import type { TaskName } from '../model/names.ts';
import type { PlanAnswer, PlannedTask, PlanRequest, PlanTotal } from '../model/planning.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { type PlannedRun, planTasks } from '../plan/plan.ts';
import type { Survey } from '../plan/survey.ts';
import { type Foretold, foretell } from '../run/foretell.ts';
import { selectKeeping } from './keep.ts';
import { forcing, keepHashes, look, type Session } from './session.ts';

/** What a run would do and take; nothing is prepared or made, and nothing written but what makes the next answer quick. */
export async function plan(session: Session, request: PlanRequest): Promise<PlanAnswer> {
  const { targets, force = [], keep = [], jobs = session.machine.cores } = request;
  const planned = await planWith(session, targets, { force, keep });
  if (force.length + keep.length === 0) await keepQuiet(session, targets, planned);
  const { tasks, maybe } = planned;
  return { tasks, maybe: openChoices(session.graph, tasks, maybe), total: totalOf(session, planned, jobs) };
}

/** Of what no choice asked for, what one that is not known yet may still ask for. */
function openChoices(graph: TaskGraph, tasks: readonly PlannedTask[], maybe: readonly TaskName[]): TaskName[] {
  const waiting = tasks.filter(({ decision }) => decision.kind === 'wait');
  const reached = new Set(waiting.flatMap(({ task }) => graph.mayNeed.get(task) ?? []));
  // A set is gone through in the order in which it grows.
  for (const name of reached) for (const need of graph.needs.get(name) ?? []) reached.add(need);
  return maybe.filter((name) => reached.has(name));
}

/** Where nothing is to be done the next run and the next plan may know it, as after a run that did nothing. */
async function keepQuiet(
  session: Session,
  targets: readonly string[],
  { tasks, maybe, survey }: Awaited<ReturnType<typeof planWith>>,
): Promise<void> {
  const reused = tasks.flatMap(({ task, decision }) =>
    decision.kind === 'reuse' ? [[task, decision.record.seconds] as const] : [],
  );
  if (reused.length < tasks.length || survey.diagnostics.length > 0) return;
  // A run under other settings than those that artifacts/ is said to show has to say its own.
  if (JSON.stringify(await session.store.viewSettings()) !== JSON.stringify(session.settings)) return;
  const nodes = [...tasks.map(({ task }) => task), ...maybe].map((name) => session.graph.tasks.get(name) as TaskNode);
  await session.keepStandstill({ targets, survey, nodes, reused });
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
  const planned = await planTasks({ situation, store, tasks: selection.tasks, maybe: selection.maybe });
  await keepHashes(session);
  return { ...planned, survey };
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
