import type { TaskName } from '../model/names.ts';
import type { PlannedTask } from '../model/planning.ts';
import type { Store } from '../model/ports.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { type Assessment, assess, type Situation } from './assess.ts';
import type { Basis } from './detail.ts';
import { expectCost, lookedAt } from './forecast.ts';
import { listItems } from './listing.ts';
import { inputTraces, itemKeys } from './material.ts';
import { compareItems } from './standing-items.ts';

type Decided = Assessment & { readonly kind: 'decided' };

export interface PlanOrder {
  readonly situation: Omit<Situation, 'record' | 'store'>;
  readonly store: Situation['store'] & Pick<Store, 'findItems' | 'readManifest'>;
  /** Wanted tasks, each after those it needs. */
  readonly tasks: readonly TaskName[];
  /** Tasks that a choice may ask for, in order. */
  readonly maybe: readonly TaskName[];
  /** Gives the record that a task which would run is taken to have, where it is. */
  readonly settle?: (task: TaskNode, decided: Decided) => Promise<ActionRecord | undefined>;
}

export interface PlannedRun {
  readonly tasks: readonly PlannedTask[];
  readonly maybe: readonly TaskName[];
  /** Of those that may be asked for, what waiting tasks asked for the last time, and which asked for which. */
  readonly probable: readonly PlannedTask[];
  readonly choices: ReadonlyMap<TaskName, readonly TaskName[]>;
  /** What the key of each task that could be decided on was made of. */
  readonly bases: ReadonlyMap<TaskName, Basis>;
}

/** What a run would do, as far as today's digests tell; a task below one that runs waits for its outputs. */
export async function planTasks(order: PlanOrder): Promise<PlannedRun> {
  const { store } = order;
  const { graph, survey } = order.situation;
  const records = new Map<TaskName, ActionRecord>();
  const situation: Situation = { ...order.situation, store, record: (task) => records.get(task) };
  const planned = new Map<TaskName, PlannedTask>();
  const maybe = new Set(order.maybe);
  const bases = new Map<TaskName, Basis>();
  // One function a plan, since the forecast remembers by it what it found.
  const history = (name: TaskName) => store.history(name, lookedAt);

  async function decideOn(task: TaskNode): Promise<void> {
    const assessment = await assess(task, situation);
    if (assessment.kind === 'wait') {
      // A choice that is known already asks for tasks now, and each of them first for what it needs.
      const asked = assessment.on.filter((name) => !planned.has(name));
      for (const name of withNeeds(asked)) await decideOn(graph.tasks.get(name) as TaskNode);
      if (asked.length > 0) return decideOn(task);
    }
    const decision =
      assessment.kind === 'decided'
        ? await withItems(task, assessment)
        : assessment.kind === 'kept'
          ? ({ kind: 'keep', key: assessment.record.key, record: assessment.record } as const)
          : assessment.kind === 'wait'
            ? ({ kind: 'wait', on: assessment.on } as const)
            : ({ kind: 'fail', failure: assessment.failure } as const);
    if (decision.kind === 'reuse' || decision.kind === 'restore' || decision.kind === 'keep')
      records.set(task.name, decision.record);
    if (assessment.kind === 'decided' && decision.kind === 'run') {
      const settled = await order.settle?.(task, assessment);
      if (settled) records.set(task.name, settled);
    }
    if (assessment.kind === 'decided') {
      bases.set(task.name, { material: assessment.material, inputs: inputTraces(task, assessment.resolved) });
    }
    const cost = await expectCost(task, decision, history, graph);
    planned.set(task.name, { task: task.name, stage: task.stage.name, decision, ...cost });
    maybe.delete(task.name);
  }

  /** How many of an item stage's items are not known yet. */
  async function withItems(task: TaskNode, { decision, material, resolved }: Decided): Promise<Decided['decision']> {
    if (decision.kind !== 'run' || !task.each) return decision;
    const shelf = { store, survey };
    const because = new Set(decision.because.map(({ kind }) => kind));
    const last = order.situation.view.get(task.name)?.record;
    const isWhole = last === undefined || because.has('forced') || because.has('output-missing');
    const compared = isWhole ? undefined : await compareItems({ task, material, resolved, last }, shelf);
    const listing = compared ? undefined : await listItems(resolved.each, task.each.list, shelf);
    if (listing?.kind === 'failed') return decision;
    const open = compared?.open ?? listing?.items ?? [];
    const keyOf = itemKeys(task, material);
    const known = because.has('forced')
      ? 0
      : (await store.findItems(open.map((item) => keyOf(item.id, item.digest)))).size;
    return { ...decision, items: { total: compared?.total ?? open.length, toMake: open.length - known } };
  }

  function withNeeds(tasks: readonly TaskName[]): TaskName[] {
    const wanted = new Set<TaskName>();
    const stack = [...tasks];
    for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
      if (wanted.has(name) || planned.has(name)) continue;
      wanted.add(name);
      stack.push(...(graph.needs.get(name) ?? []));
    }
    return order.maybe.filter((name) => wanted.has(name));
  }

  for (const name of order.tasks) {
    const task = graph.tasks.get(name);
    if (task && !planned.has(name)) await decideOn(task);
  }
  const answer = { tasks: [...planned.values()], maybe: [...maybe], bases };
  // A task that waits for its choice will probably choose what it chose the last time.
  const choices = new Map<TaskName, readonly TaskName[]>();
  for (const { task, decision } of answer.tasks) {
    const candidates = decision.kind === 'wait' ? (graph.mayNeed.get(task) ?? []) : [];
    if (candidates.length === 0) continue;
    const chosen = new Set(((await store.history(task, 1))[0]?.inputs ?? []).map((trace) => trace.made?.task));
    const likely = candidates.filter((name) => chosen.has(name));
    for (const name of withNeeds(likely)) await decideOn(graph.tasks.get(name) as TaskNode);
    choices.set(task, likely);
  }
  return { ...answer, probable: [...planned.values()].slice(answer.tasks.length), choices };
}
