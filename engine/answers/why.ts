import type { Change, Decision } from '../model/decision.ts';
import type { RunId, TaskName } from '../model/names.ts';
import type { PlannedTask, WhyAnswer, WhyRequest } from '../model/planning.ts';
import type { ActionRecord, KeyMaterial } from '../model/record.ts';
import { type Archive, type Basis, explainInDetail } from '../plan/detail.ts';
import type { Survey } from '../plan/survey.ts';
import { openPast } from './past.ts';
import { planWith } from './plan.ts';
import { type Session, select } from './session.ts';

/** Why the tasks of a reference would run or not; behind one that waits stands the answer for each task that it waits for. */
export async function why(session: Session, { reference, since }: WhyRequest): Promise<WhyAnswer[]> {
  const { targets } = select(session, [reference]);
  const past = await openPast(session.store, since);
  const { tasks, probable, bases, survey } = await planWith(session, [reference]);
  const planned = new Map([...probable, ...tasks].map((task) => [task.task, task]));
  const asked: TaskName[] = [...targets];
  const answers = new Map<TaskName, WhyAnswer>();
  for (let task = asked.shift(); task !== undefined; task = asked.shift()) {
    const known = planned.get(task);
    if (known === undefined || answers.has(task)) continue;
    const against = await past(task);
    const material = against && (await session.store.materials([against.key])).get(against.key);
    const changes = await changesOf(known, {
      against,
      material,
      basis: bases.get(task),
      archive: archiveOf(session, survey),
      session,
    });
    const settings = against && changes.length > 0 ? await settingsSince(session, against.run) : undefined;
    answers.set(task, {
      task,
      decision: known.decision,
      changes,
      ...(against ? { against } : {}),
      ...(material && Object.keys(material.with).length > 0 ? { parameters: material.with } : {}),
      ...(settings ? { settings } : {}),
    });
    if (known.decision.kind === 'wait') asked.push(...known.decision.on);
  }
  return [...answers.values()];
}

interface Comparison {
  readonly against: ActionRecord | undefined;
  /** What its key was made of. */
  readonly material: KeyMaterial | undefined;
  /** Absent where the task's inputs are not known yet. */
  readonly basis: Basis | undefined;
  readonly archive: Archive;
  readonly session: Session;
}

async function changesOf(
  { task, decision }: PlannedTask,
  { against, material, basis, archive, session }: Comparison,
): Promise<readonly Change[]> {
  const accepted = acceptances(decision);
  if (basis === undefined) return accepted;
  if (against === undefined || material === undefined) {
    return decision.kind === 'run' ? await firstRun(task, decision.because, session) : accepted;
  }
  const beside =
    decision.kind === 'run' ? decision.because.filter(({ kind }) => kind !== 'changed' && kind !== 'first-run') : [];
  return [...accepted, ...beside, ...(await explainInDetail({ material, inputs: against.inputs }, basis, archive))];
}

/** A task whose stage ran for other matrix values is new because of its own. */
async function firstRun(
  name: TaskName,
  because: readonly Change[],
  { graph, store }: Session,
): Promise<readonly Change[]> {
  const task = graph.tasks.get(name);
  const values = Object.entries(task?.matrix ?? {});
  if (task === undefined || values.length === 0) return because;
  const before = (await store.history()).filter(({ stage }) => stage === task.stage.name);
  if (before.length === 0) return because;
  // Of several variables those are new whose value no task ever had; if none is, their combination.
  const fresh = values.filter(([variable, value]) => before.every(({ matrix }) => matrix[variable] !== value));
  return (fresh.length > 0 ? fresh : values).map(([variable, after]) => ({
    kind: 'changed',
    path: `matrix.${variable}`,
    before: undefined,
    after,
  }));
}

export function archiveOf({ store, code }: Session, survey: Survey): Archive {
  return {
    store,
    code,
    listing: (path, digest) => {
      for (const glob of [false, true]) {
        const state = survey.state({ path, glob });
        if (state.kind === 'folder' && state.digest === digest) return state.manifest();
      }
      return undefined;
    },
  };
}

async function settingsSince({ store, settings }: Session, run: RunId): Promise<WhyAnswer['settings']> {
  const before = (await store.readJournal(run))?.head.settings;
  return before === undefined || JSON.stringify(before) === JSON.stringify(settings)
    ? undefined
    : { before, after: settings };
}

function acceptances(decision: Decision): Change[] {
  const record = decision.kind === 'reuse' || decision.kind === 'restore' ? decision.record : undefined;
  return (record?.accepted ?? []).map(({ because }) => ({ kind: 'accepted', because }));
}
