import { type Diagnostic, DiagnosticError } from '../model/diagnostic.ts';
import type { TaskName } from '../model/names.ts';
import type { AcceptAnswer, AcceptedTask } from '../model/project.ts';
import type { TaskNode } from '../model/task.ts';
import { type Bound, bindLast } from '../plan/accept.ts';
import { isInPlace } from '../plan/decide.ts';
import { type PlannedRun, planTasks } from '../plan/plan.ts';
import { viewQuery } from '../plan/survey.ts';
import { look, type Session, select } from './session.ts';

/**
 * Binds the last results of tasks to their present code, because a person says that it does the same. New records under
 * the present keys are all that is written, so that no decision has to know of it.
 */
export async function accept(session: Session, targets: readonly string[], because: string): Promise<AcceptAnswer> {
  const { graph, store, machine } = session;
  const selection = select(session, targets);
  const survey = await look(session, selection);
  const view = await store.view();
  const asked = new Set(selection.targets);
  const bound = new Map<TaskName, Bound>();
  const faults: Diagnostic[] = [];
  const order = { because, at: machine.now(), shelf: { store, survey } };
  const planned = await planTasks({
    situation: { graph, survey, view, isForced: () => false, kept: new Map() },
    store,
    tasks: selection.tasks,
    maybe: selection.maybe,
    settle: async (task, decided) => {
      if (!asked.has(task.name)) return undefined;
      const last = view.get(task.name)?.record ?? (await store.history(task.name, 1))[0];
      const binding = await bindLast(task, decided, last, order);
      if (binding.kind === 'bound') bound.set(task.name, binding);
      else faults.push(binding.diagnostic);
      return binding.kind === 'bound' ? binding.record : undefined;
    },
  });
  faults.push(...hindrances(planned, asked));
  if (faults.length > 0) throw new DiagnosticError(faults);

  const all = [...bound.values()];
  await store.commit({
    records: all.flatMap(({ record, material }) => (record ? [{ record, material }] : [])),
    items: all.flatMap(({ items }) => items),
  });
  for (const [name, { record }] of bound) {
    const task = graph.tasks.get(name) as TaskNode;
    const shown = view.get(name);
    const isShown = shown?.key === record?.accepted?.at(-1)?.of;
    if (!record || !shown || !isShown || !isInPlace(task, record, (path) => survey.state(viewQuery(path)))) continue;
    const places = task.outs.map(({ name: out, view: path }) => ({
      out,
      view: path,
      output: record.outputs[out] ?? null,
    }));
    await store.place({ task: name, record, places });
  }
  await store.saveView();
  return { because, tasks: selection.targets.map((task) => describe(task, bound.get(task))) };
}

/** Why the present key of a task that was asked for cannot be told. */
function hindrances({ tasks }: PlannedRun, asked: ReadonlySet<TaskName>): Diagnostic[] {
  return tasks.flatMap(({ task, decision }): Diagnostic[] => {
    if (!asked.has(task)) return [];
    if (decision.kind === 'wait') {
      const on = decision.on.join(', ');
      const message = `what ${task} would be made of is not known before ${on} ${decision.on.length > 1 ? 'are' : 'is'} done`;
      const hint = `flow run ${decision.on.join(' ')} first, or accept ${decision.on.length > 1 ? 'them' : 'it'}, too`;
      return [{ code: 'not-known-yet', severity: 'error', message, hint }];
    }
    if (decision.kind !== 'fail') return [];
    const message = `the inputs of ${task} cannot be read`;
    return [{ code: 'not-known-yet', severity: 'error', message, hint: `flow run ${task} says why` }];
  });
}

function describe(task: TaskName, bound: Bound | undefined): AcceptedTask {
  if (bound === undefined) return { task, kind: 'known', changes: [] };
  const { record, changes, items } = bound;
  return {
    task,
    kind: record ? 'accepted' : 'items',
    changes,
    ...(record ? { record } : {}),
    ...(items.length > 0 ? { items: items.length } : {}),
  };
}
