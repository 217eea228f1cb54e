import type { ActionKey, Digest, TaskName } from '../model/names.ts';
import type { GcAnswer, GcRequest } from '../model/upkeep.ts';
import { checkpointName } from '../plan/material.ts';
import type { Session } from './session.ts';

/** Makes room in .flow/: what artifacts/ shows and what a living run may need stays. */
export async function gc(session: Session, request: GcRequest): Promise<GcAnswer> {
  const { upkeep, machine, code } = session;
  const checkpoints = await ownersOfCheckpoints(session);
  const compared = await codeOfNewest(session);
  return upkeep.collect({ ...request, at: machine.now(), bundles: new Set(code.bundles()), compared, checkpoints });
}

/** Of each task the newest result's, and that of what artifacts/ shows: `why` compares the present code with one of them. */
async function codeOfNewest({ store, graph }: Session): Promise<ReadonlySet<string>> {
  const view = await store.view();
  const keys = new Set<ActionKey>();
  for (const { name, action } of graph.tasks.values()) {
    if (action.kind !== 'use') continue;
    for (const known of [view.get(name), ...(await store.history(name, 1))]) if (known) keys.add(known.key);
  }
  const modules = [...(await store.materials([...keys])).values()].map(({ code }) => code.module);
  return new Set(modules.filter((module) => typeof module === 'string'));
}

/** The folders of trainings that came to their end; one that is none of these was left in the middle. */
async function ownersOfCheckpoints({
  graph,
  store,
}: Session): Promise<ReadonlyMap<Digest, { readonly task: TaskName; readonly finished: boolean }>> {
  const owners = new Map<Digest, { task: TaskName; finished: boolean }>();
  for (const task of graph.tasks.values()) {
    if (task.action.kind !== 'use' || task.each) continue;
    const records = await store.history(task.name);
    for (const material of (await store.materials(records.map(({ key }) => key))).values()) {
      owners.set(checkpointName(task, material), { task: task.name, finished: true });
    }
  }
  return owners;
}
