import { figuresIn, readFigures } from '../lineage/figures.ts';
import { compareTables } from '../lineage/table-diff.ts';
import { readTable } from '../lineage/tables.ts';
import { isRunId, type RunId, type TaskName } from '../model/names.ts';
import type { DiffAnswer, MetricChange, ResultDiff } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { compareManifests, explainInDetail } from '../plan/detail.ts';
import { refuse } from './known.ts';
import { findMade } from './lineage.ts';
import { openPast } from './past.ts';
import type { Session } from './session.ts';

/** Two runs, or two artifacts, side by side. */
export async function diff(session: Session, before: string, after: string): Promise<DiffAnswer> {
  if (isRunId(before) && isRunId(after)) return diffRuns(session, before, after);
  for (const [run, other] of [
    [before, after],
    [after, before],
  ] as const) {
    if (!isRunId(run)) continue;
    const hint = `flow runs lists the runs; an artifact is compared with another one, as in ${run}:STAGE`;
    refuse('unknown-run', `'${run}' is a run, and '${other}' is none`, hint);
  }
  const [old, fresh] = [await findMade(session, before), await findMade(session, after)];
  const result = await diffRecords(session, [old.record, fresh.record], [[old.out, fresh.out]]);
  return { results: [result], added: [], removed: [], same: 0 };
}

async function diffRuns(session: Session, before: RunId, after: RunId): Promise<DiffAnswer> {
  const { store, graph } = session;
  const [journal, other] = [await store.readJournal(before), await store.readJournal(after)];
  const [old, fresh] = [await openPast(store, before), await openPast(store, after)];
  const keys = [journal?.end?.keys, other?.end?.keys];
  // What a run asked for is what it is compared by; one that was killed is taken for all of the pipeline.
  const names = new Set(
    keys.every((known) => known) ? keys.flatMap((known) => Object.keys(known ?? {})) : graph.tasks.keys(),
  );
  const order = [...graph.tasks.keys()].filter((task) => names.has(task));
  const results: ResultDiff[] = [];
  const [added, removed]: [TaskName[], TaskName[]] = [[], []];
  let same = 0;
  for (const task of order) {
    const had = async (known: (typeof keys)[number], past: typeof old) =>
      known && !(task in known) ? undefined : past(task);
    const [one, two] = [await had(keys[0], old), await had(keys[1], fresh)];
    if (one && !two) removed.push(task);
    if (!one && two) added.push(task);
    if (!one || !two) continue;
    if (one.key === two.key) same += 1;
    else
      results.push(
        await diffRecords(
          session,
          [one, two],
          Object.keys(two.outputs).map((out) => [out, out]),
        ),
      );
  }
  const settings = journal && other ? ([journal.head.settings, other.head.settings] as const) : undefined;
  return { results, added, removed, same, ...(settings ? { settings } : {}) };
}

async function diffRecords(
  session: Session,
  [old, fresh]: readonly [ActionRecord, ActionRecord],
  outs: readonly (readonly [before: string, after: string])[],
): Promise<ResultDiff> {
  const { store, code } = session;
  const materials = await store.materials([old.key, fresh.key]);
  const [was, is] = [materials.get(old.key), materials.get(fresh.key)];
  const archive = { store, code, listing: () => undefined };
  const changes =
    was && is
      ? await explainInDetail({ material: was, inputs: old.inputs }, { material: is, inputs: fresh.inputs }, archive)
      : [];
  const outputs = await Promise.all(outs.map(([before, after]) => diffOutputs(session, [old, before], [fresh, after])));
  const pick = ({ task, run, key, seconds }: ActionRecord) => ({ task, run, key, seconds });
  return { before: pick(old), after: pick(fresh), changes, metrics: await diffMetrics(session, old, fresh), outputs };
}

async function diffMetrics(session: Session, old: ActionRecord, fresh: ActionRecord): Promise<MetricChange[]> {
  const metrics = stageOf(session, fresh)?.metrics ?? {};
  const texts = await session.store.readTexts([old, fresh].flatMap((record) => figuresIn(record, metrics)));
  const [before, after] = [readFigures(old, metrics, texts), readFigures(fresh, metrics, texts)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => ({ name, before: before[name], after: after[name] }));
}

async function diffOutputs(
  session: Session,
  [old, oldOut]: readonly [ActionRecord, string],
  [fresh, out]: readonly [ActionRecord, string],
): Promise<ResultDiff['outputs'][number]> {
  const { store } = session;
  const [before, after] = [old.outputs[oldOut], fresh.outputs[out]];
  const isSame = before?.digest === after?.digest;
  if (isSame || !before || !after) return { name: out, isSame };
  if (before.kind !== 'file' && after.kind !== 'file') {
    const [one, other] = [await store.readManifest(before.digest), await store.readManifest(after.digest)];
    return { name: out, isSame, ...(one && other ? { files: compareManifests(one, other) } : {}) };
  }
  const stage = stageOf(session, fresh);
  const column = stage?.rows[out];
  const path = stage?.out.find(({ name }) => name === out)?.path.text ?? '';
  if (column === undefined) return { name: out, isSame };
  const [one, other] = [await store.readText(before.digest), await store.readText(after.digest)];
  const tables = [one && readTable(one, path), other && readTable(other, path)] as const;
  return {
    name: out,
    isSame,
    ...(tables[0] && tables[1] ? { rows: compareTables(tables[0], tables[1], column) } : {}),
  };
}

function stageOf({ graph }: Session, { task, stage }: ActionRecord) {
  return (graph.tasks.get(task) ?? [...graph.tasks.values()].find((node) => node.stage.name === stage))?.stage;
}
