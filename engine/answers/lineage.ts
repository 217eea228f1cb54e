import { resolveTargets } from '../graph/select.ts';
import { createConsumerTree } from '../lineage/consumers.ts';
import { createDescent } from '../lineage/descent.ts';
import { createRowTracer, madeOf } from '../lineage/rows.ts';
import { traceArtifact } from '../lineage/trace.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { LineageNode } from '../model/inspection.ts';
import { splitRun } from '../model/names.ts';
import type { RowAnswer } from '../model/provenance.ts';
import type { ActionRecord } from '../model/record.ts';
import { nearest } from '../model/similar.ts';
import type { TaskNode, TaskOut } from '../model/task.ts';
import { knownRecord } from './known.ts';
import { openPast } from './past.ts';
import { refuseErrors, type Session } from './session.ts';

/** What an artifact was made from: of what artifacts/ shows, else of the newest record, or of a run's. */
export async function lineage(session: Session, artifact: string): Promise<LineageNode> {
  const { record, out, path } = await findMade(session, artifact);
  return traceArtifact(record, out, path, session.store);
}

/** What was made from an artifact, in all of history. */
export async function lineageDown(session: Session, artifact: string): Promise<LineageNode> {
  const { record, out } = await findMade(session, artifact);
  const history = await session.store.history();
  return createConsumerTree(history, (maker, name) => pathOf(session, maker, name))(record, out);
}

/** What was made from one row, item or file of an artifact. */
export async function lineageDownOfRow(session: Session, artifact: string, id: string): Promise<RowAnswer> {
  const { run, reference } = splitRun(artifact);
  const records = await recordsOf(session, run);
  const tracer = tracerOf(session);
  const descent = createDescent({ tracer, records, pathOf: (record, out) => pathOf(session, record, out) });
  const places = findOutputs(session, reference);
  const nodes: RowAnswer['nodes'][number][] = [];
  for (const { task, out } of places) {
    const record = records.find((candidate) => candidate.task === task.name);
    const part = record && (await tracer.partOf(record, out.name, id));
    if (!record || !part) continue;
    const made = madeOf(record, out.name);
    const inputs = await descent.readBy(record, out.name, part.id);
    nodes.push({ artifact: pathOf(session, record, out.name), kind: 'artifact', ...part.held, made, inputs });
  }
  if (nodes.length > 0) return { id, nodes, mentions: [] };
  const names: string[] = [];
  for (const { task, out } of places) {
    const record = records.find((candidate) => candidate.task === task.name);
    if (record) names.push(...(await tracer.namesIn(record, out.name)));
  }
  throw new DiagnosticError([unknownRow(reference, id, { names, hasRows: holdRows(places).length > 0 })]);
}

/** The way of one row, item or file: `predict#0421.jpg`. */
export async function lineageOfRow(session: Session, artifact: string, id: string): Promise<RowAnswer> {
  const { run, reference } = splitRun(artifact);
  const past = await openPast(session.store, run);
  const tracer = tracerOf(session);
  const places = holdRows(findOutputs(session, reference));
  const nodes: RowAnswer['nodes'][number][] = [];
  const names: string[] = [];
  const told = new Set<string>();
  for (const { task, out } of places) {
    const record = await past(task.name);
    if (record === undefined) continue;
    // The files of one item stand beside each other, so that one of them tells them all.
    const node = told.has(`${record.key} items`) ? undefined : await tracer.traceOutput(record, out.name, id);
    if (node) nodes.push(node);
    if (node && out.kind === 'items') told.add(`${record.key} items`);
    if (nodes.length === 0) names.push(...(await tracer.namesIn(record, out.name)));
  }
  if (nodes.length === 0) throw new DiagnosticError([unknownRow(reference, id, { names, hasRows: places.length > 0 })]);
  const mentions: RowAnswer['mentions'][number][] = [];
  for (const task of session.graph.tasks.values()) {
    for (const out of Object.keys(task.stage.rows)) {
      const record = await past(task.name);
      const rows = record ? await tracer.mentionsIn(record, out, id) : [];
      if (rows.length > 0) mentions.push({ task: task.name, out, rows });
    }
  }
  return { id, nodes, mentions };
}

function holdRows(places: ReturnType<typeof findOutputs>): ReturnType<typeof findOutputs> {
  return places.filter(({ task, out }) => out.kind !== 'file' || task.stage.rows[out.name]);
}

export function tracerOf(session: Session): ReturnType<typeof createRowTracer> {
  return createRowTracer({
    find: session.store.find,
    readText: session.store.readText,
    readManifest: session.store.readManifest,
    rows: (record, out) => stageOf(session, record)?.rows[out],
    pathOf: (record, out) => pathOf(session, record, out),
  });
}

/** What every task of the pipeline has now, or had when a run ended. */
export async function recordsOf(session: Session, run: string | undefined): Promise<ActionRecord[]> {
  const past = await openPast(session.store, run);
  const records = await Promise.all([...session.graph.tasks.keys()].map(past));
  return records.filter((record) => record !== undefined);
}

function unknownRow(reference: string, id: string, { names, hasRows }: { names: readonly string[]; hasRows: boolean }) {
  const base = { code: 'unknown-row', severity: 'error' } as const;
  if (!hasRows) {
    const message = `no output of ${reference} says what identifies its rows`;
    return { ...base, message, hint: "name a column under the stage's 'rows'" };
  }
  const within = names.filter((name) => name.includes(id)).slice(0, 3);
  const meant = within.length > 0 ? within : [nearest(id, names)].filter((name) => name !== undefined);
  const hint =
    meant.length > 0
      ? `did you mean ${meant.map((name) => `'${name}'`).join(' or ')}?`
      : names.length === 0
        ? 'it holds none at all'
        : `it holds ${names.length} others, such as ${names
            .slice(0, 2)
            .map((name) => `'${name}'`)
            .join(' and ')}`;
  return { ...base, message: `${reference} holds nothing of '${id}'`, hint };
}

interface Made {
  readonly record: ActionRecord;
  readonly out: string;
  /** Where it lies. */
  readonly path: string;
}

/**
 * The record behind a reference, a path below artifacts/, or either of them behind a run. Under other settings than the
 * pipeline's own it is the one that a run would find, as for `flow get`.
 */
export async function findMade(session: Session, artifact: string): Promise<Made> {
  const { run, reference } = splitRun(artifact);
  const { task, out } = findOutput(session, reference);
  const { set, profile } = session.settings;
  const isOther = run === undefined && (set.length > 0 || profile !== undefined);
  const record = isOther ? await knownRecord(session, task) : await (await openPast(session.store, run))(task.name);
  if (record) return { record, out: out.name, path: `artifacts/${out.view}` };
  const message = run === undefined ? `${task.name} has never been made` : `run ${run} had no ${task.name}`;
  throw new DiagnosticError([
    { code: 'never-made', severity: 'error', message, hint: `flow run ${task.name} makes it` },
  ]);
}

function stageOf({ graph }: Session, { task, stage }: ActionRecord) {
  const node = graph.tasks.get(task) ?? [...graph.tasks.values()].find((other) => other.stage.name === stage);
  return node?.stage;
}

export function pathOf({ graph }: Session, { task }: ActionRecord, out: string): string {
  const view = graph.tasks.get(task)?.outs.find(({ name }) => name === out)?.view;
  return view === undefined ? `${task}.${out}` : `artifacts/${view}`;
}

/** The one output that a reference or a path below artifacts/ means. */
export function findOutput(session: Session, artifact: string): { task: TaskNode; out: TaskOut } {
  const found = findOutputs(session, artifact);
  const [only] = found;
  if (found.length === 1 && only) return only;
  const names = found.map(({ task, out }) => (out.name === 'out' ? task.name : `${task.name}.${out.name}`));
  const message = `'${artifact}' means ${found.length} artifacts`;
  throw new DiagnosticError([{ code: 'ambiguous', severity: 'error', message, hint: `name one: ${names.join(', ')}` }]);
}

function findOutputs(session: Session, artifact: string): { task: TaskNode; out: TaskOut }[] {
  const { tasks, diagnostics } = resolveTargets(session.graph, [artifact]);
  refuseErrors(diagnostics);
  return tasks.flatMap((name) => {
    const task = session.graph.tasks.get(name) as TaskNode;
    return task.outs.filter((out) => isMeant(artifact, task, out)).map((out) => ({ task, out }));
  });
}

function isMeant(artifact: string, task: TaskNode, out: TaskOut): boolean {
  if (artifact.startsWith('artifacts/')) {
    const path = artifact.slice('artifacts/'.length).replace(/\/+$/, '');
    return path === out.view || path.startsWith(`${out.view}/`) || out.view.startsWith(`${path}/`);
  }
  const named = task.outs.some((other) => artifact.endsWith(`.${other.name}`));
  return !named || artifact.endsWith(`.${out.name}`);
}
