import type { Decision } from '../../../engine/model/decision.ts';
import type { TaskName } from '../../../engine/model/names.ts';
import { json, type Route } from '../request.ts';

/** What a task's node shows: whether a run would do something, and what the task's last record cost. */
export interface TaskState {
  readonly decision: Decision['kind'] | 'maybe';
  readonly first?: true;
  /** Seconds that its record took, or that it is expected to take. */
  readonly seconds?: number;
}

export const states: Route = {
  method: 'GET',
  pattern: '/api/states',
  answer: async (_, desk) => {
    const project = await desk.project();
    const { tasks: nodes } = await project.structure();
    const needed = new Set(nodes.flatMap(({ needs }) => needs));
    const optional = new Set(nodes.flatMap(({ mayNeed }) => mayNeed));
    // What nothing but a choice asks for is wanted only if it is chosen.
    const wanted = nodes.filter(({ task }) => needed.has(task) || !optional.has(task)).map(({ stage }) => stage);
    const { tasks } = await project.plan({ targets: [...new Set(wanted)] });
    const found: Record<TaskName, TaskState> = {};
    for (const { task, decision, expectedSeconds } of tasks) {
      const seconds = 'record' in decision ? decision.record.seconds : expectedSeconds;
      const isFirst = decision.kind === 'run' && decision.because.some((change) => change.kind === 'first-run');
      found[task] = {
        decision: decision.kind,
        ...(isFirst ? { first: true } : {}),
        ...(seconds === undefined ? {} : { seconds }),
      };
    }
    for (const task of optional) found[task] ??= { decision: 'maybe' };
    return json(found);
  },
};
