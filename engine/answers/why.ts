import type { Change, Decision } from '../model/decision.ts';
import type { TaskName } from '../model/names.ts';
import type { WhyAnswer } from '../model/project.ts';
import { plan } from './plan.ts';
import { type Session, select } from './session.ts';

/** Why the tasks of a reference would run or not; behind one that waits stands the answer for each task that it waits for. */
export async function why(session: Session, reference: string): Promise<WhyAnswer[]> {
  const { targets } = select(session, [reference]);
  const planned = new Map((await plan(session, [reference], [])).tasks.map((task) => [task.task, task]));
  const asked: TaskName[] = [...targets];
  const answers = new Map<TaskName, WhyAnswer>();
  for (let task = asked.shift(); task !== undefined; task = asked.shift()) {
    const decision = planned.get(task)?.decision;
    if (decision === undefined || answers.has(task)) continue;
    const [against] = await session.store.history(task);
    const changes = decision.kind === 'run' ? decision.because : acceptances(decision);
    answers.set(task, { task, decision, changes, ...(against ? { against } : {}) });
    if (decision.kind === 'wait') asked.push(...decision.on);
  }
  return [...answers.values()];
}

function acceptances(decision: Decision): Change[] {
  const record = decision.kind === 'reuse' || decision.kind === 'restore' ? decision.record : undefined;
  return (record?.accepted ?? []).map(({ because }) => ({ kind: 'accepted', because }));
}
