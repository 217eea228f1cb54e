import type { TaskName } from '../model/names.ts';
import type { PlannedTask } from '../model/project.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { assess, type Situation } from './assess.ts';
import { expectSeconds } from './forecast.ts';

export interface PlanOrder {
  readonly situation: Omit<Situation, 'record'>;
  /** Wanted tasks, each after those it needs. */
  readonly tasks: readonly TaskName[];
  /** Tasks that a choice may ask for, in order. */
  readonly maybe: readonly TaskName[];
}

export interface PlannedRun {
  readonly tasks: readonly PlannedTask[];
  readonly maybe: readonly TaskName[];
}

/** What a run would do, as far as today's digests tell; a task below one that runs waits for its outputs. */
export async function planTasks(order: PlanOrder): Promise<PlannedRun> {
  const { graph, store } = order.situation;
  const records = new Map<TaskName, ActionRecord>();
  const situation: Situation = { ...order.situation, record: (task) => records.get(task) };
  const planned = new Map<TaskName, PlannedTask>();
  const maybe = new Set(order.maybe);

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
        ? assessment.decision
        : assessment.kind === 'wait'
          ? ({ kind: 'wait', on: assessment.on } as const)
          : ({ kind: 'blocked', by: [task.name] } as const);
    if (decision.kind === 'reuse' || decision.kind === 'restore') records.set(task.name, decision.record);
    const expectedSeconds = expectSeconds(task, decision, await store.history(task.name));
    planned.set(task.name, {
      task: task.name,
      stage: task.stage.name,
      decision,
      ...(expectedSeconds === undefined ? {} : { expectedSeconds }),
    });
    maybe.delete(task.name);
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
  return { tasks: [...planned.values()], maybe: [...maybe] };
}
