import { digestText } from '../hash/digest.ts';
import type { OutputRecord } from '../model/artifact.ts';
import type { Job, JobListener } from '../model/job.ts';
import type { ActionKey, TaskName } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import type { AuditAnswer, Audited, AuditRequest } from '../model/upkeep.ts';
import { type Assessment, assess, type Situation } from '../plan/assess.ts';
import { taskQueries } from '../plan/queries.ts';
import type { Survey } from '../plan/survey.ts';
import { describeItems, type PlannedItem, planItems } from '../run/items.ts';
import { type Assignment, describeJob, type Workshop } from '../run/job.ts';
import { look, type Session, select } from './session.ts';

interface Candidate {
  readonly task: TaskNode;
  readonly record: ActionRecord;
  readonly assignment: Assignment;
}

/** Runs a part of what is recorded again, in attempt folders, and compares; nothing that it makes is kept. */
export async function audit(session: Session, request: AuditRequest): Promise<AuditAnswer> {
  const selection = select(session, request.targets);
  const survey = await look(session, selection);
  const wanted = new Set(request.targets.length > 0 ? selection.targets : selection.tasks);
  const found = await findCandidates(session, survey, selection.tasks);
  const unavailable = found.unavailable.filter(({ task }) => wanted.has(task));
  const inReach = found.candidates.filter(({ task }) => wanted.has(task.name));
  const isLeftOut = ({ task }: Candidate) => !task.stage.deterministic && request.targets.length === 0;
  const undetermined = inReach.filter(isLeftOut).map(({ task }) => task.name);
  const candidates = inReach.filter((candidate) => !isLeftOut(candidate));

  const seed = request.seed ?? (await session.upkeep.countAudit());
  const sample: Sample = { share: request.share, seed };
  const whole = candidates.filter(({ task }) => !task.each);
  const chosen = new Set(choose(whole, sample, ({ record }) => record.key));
  const all = candidates.filter((candidate) => candidate.task.each || chosen.has(candidate));
  const workshop = { ...session, survey };
  const audited: Audited[] = [];
  for (const [index, candidate] of all.entries()) {
    if (request.signal.aborted) break;
    request.progress?.(index, all.length, candidate.task.name);
    audited.push(...(await auditTask(candidate, { session, workshop, sample, signal: request.signal })));
  }
  const parts = Math.ceil(1 / request.share);
  const part = seed % parts;
  return { seed: part, parts, audited, undetermined, unavailable, interrupted: request.signal.aborted };
}

interface Sample {
  readonly share: number;
  readonly seed: number;
}

/** A part in an order that means nothing; the parts of as many seeds as there are parts hold everything. */
function choose<T>(all: readonly T[], { share, seed }: Sample, keyOf: (one: T) => string): readonly T[] {
  const order = all.map((one) => [digestText(keyOf(one)), one] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  const count = Math.ceil(all.length * share);
  return order.map((_, index) => order[(seed * count + index) % order.length]?.[1] as T).slice(0, count);
}

async function findCandidates(session: Session, survey: Survey, tasks: readonly TaskName[]) {
  const { graph, store } = session;
  const view = await store.view();
  const records = new Map<TaskName, ActionRecord>();
  const shown = new Set<TaskName>();
  const candidates: Candidate[] = [];
  const unavailable: { task: TaskName; reason: string }[] = [];
  const situation: Situation = {
    graph,
    survey,
    view,
    store,
    record: (task) => records.get(task),
    isForced: () => false,
    kept: new Map(),
  };
  for (const name of tasks) {
    const task = graph.tasks.get(name) as TaskNode;
    const assessment = await assess(task, situation);
    if (assessment.kind !== 'decided' || assessment.decision.kind === 'run') {
      unavailable.push({ task: name, reason: whyUnavailable(assessment) });
      continue;
    }
    const { decision, material, resolved } = assessment;
    records.set(name, decision.record);
    if (decision.kind === 'reuse') shown.add(name);
    const pieces = [...resolved.inputs.flatMap((input) => input.pieces), ...resolved.each];
    const hidden = pieces.find(({ made }) => made && !shown.has(made.task));
    if (hidden)
      unavailable.push({ task: name, reason: `artifacts/ does not show ${hidden.path}; flow run brings it back` });
    else {
      const code = survey.facts.get(name)?.code;
      candidates.push({ task, record: decision.record, assignment: { task, code, material, resolved } });
    }
  }
  return { candidates, unavailable };
}

function whyUnavailable(assessment: Assessment): string {
  if (assessment.kind === 'wait') return `${assessment.on.join(', ')} would run before it`;
  const isRun = assessment.kind === 'decided' && assessment.decision.kind === 'run';
  const because = isRun ? assessment.decision.because.map(({ kind }) => kind) : [];
  if (because.includes('first-run')) return 'it has never been made';
  if (because.includes('output-missing')) return 'it would run now: the store lost its result';
  return 'it would run now: its code or its inputs are not those of its record';
}

interface AuditTools {
  readonly session: Session;
  readonly workshop: Workshop & { readonly survey: Survey };
  readonly sample: Sample;
  readonly signal: AbortSignal;
}

async function auditTask(candidate: Candidate, tools: AuditTools): Promise<Audited[]> {
  const { session, workshop } = tools;
  const { task, assignment } = candidate;
  const folder = await session.store.attemptFolder(task.name);
  try {
    // A checkpoint would hand over the very result that is to be made again, and the log is nobody's.
    const checkpointFolder = async () => {
      await session.store.makeFolders([`${folder}/checkpoint`]);
      return `${folder}/checkpoint`;
    };
    const store = { ...session.store, checkpointFolder, logFile: async () => `${folder}/audit.log` };
    const job = await describeJob(assignment, `${folder}/made`, { ...workshop, store });
    await session.store.makeFolders([`${folder}/made`]);
    const audited = task.each ? await auditItems(candidate, job, tools) : [await auditWhole(candidate, job, tools)];
    const changed = await session.files.changedSince(taskQueries(task, workshop.survey.facts.get(task.name)));
    return changed.length > 0 || tools.signal.aborted ? [] : audited;
  } finally {
    await session.store.dropAttempt(folder);
  }
}

async function auditWhole({ task, record }: Candidate, job: Job, { session, signal }: AuditTools): Promise<Audited> {
  const places = task.outs.map(({ name, kind }) =>
    kind === 'folder' ? job.outputs[name] : parentOf(job.outputs[name]),
  );
  await session.store.makeFolders(places.flatMap((place) => place ?? []));
  const outcome = await session.executor.run(job, { progress: () => {}, item: () => {} }, signal);
  const { seconds } = outcome;
  const told = { task: task.name, seconds, expected: !task.stage.deterministic };
  if (!outcome.ok) return { ...told, outcome: 'failed', failure: outcome.failure };
  for (const [out, output] of Object.entries(record.outputs)) {
    const difference = await session.upkeep.compare(job.outputs[out] ?? '', output && asKept(output));
    if (difference) return { ...told, outcome: 'differs', out, difference };
  }
  return { ...told, outcome: 'same' };
}

function asKept({ kind, digest }: OutputRecord) {
  return { kind: kind === 'file' ? ('file' as const) : ('folder' as const), digest };
}

async function auditItems({ task, assignment }: Candidate, job: Job, tools: AuditTools): Promise<Audited[]> {
  const { session, workshop, sample, signal } = tools;
  const plan = await planItems({ assignment, distrusted: new Set() }, workshop);
  if (plan.kind === 'failed') return [];
  const known = plan.items.filter(({ record }) => record?.result.kind === 'made');
  const chosen = choose(known, sample, ({ key }: { key: ActionKey }) => key);
  if (chosen.length === 0) return [];
  const list = await describeItems(chosen, assignment, job.folder, workshop);
  await session.store.makeFolders(
    list.flatMap(({ outputs }) => Object.values(outputs).flatMap((path) => parentOf(path) ?? [])),
  );
  const seconds = new Map<string, number>();
  const listener: JobListener = {
    progress: () => {},
    item: (outcome) => void seconds.set(outcome.id, outcome.kind === 'ignored' ? 0 : outcome.seconds),
  };
  const takes = assignment.code?.takes;
  const items = { list, batch: task.stage.batch, ...(takes ? { takes } : {}) };
  const outcome = await session.executor.run({ ...job, items, workers: 1 }, listener, signal);
  const expected = !task.stage.deterministic;
  const audited: Audited[] = [];
  for (const planned of chosen) {
    const { id } = planned.item;
    const took = seconds.get(id);
    if (took === undefined) continue;
    const outputs = list.find((item) => item.id === id)?.outputs ?? {};
    audited.push({
      task: task.name,
      item: id,
      seconds: took,
      expected,
      ...(await compareItem(planned, outputs, session)),
    });
  }
  if (!outcome.ok) {
    audited.push({ task: task.name, seconds: outcome.seconds, expected, outcome: 'failed', failure: outcome.failure });
  }
  return audited;
}

async function compareItem(
  { record }: PlannedItem,
  outputs: Readonly<Record<string, string>>,
  { upkeep }: Session,
): Promise<Pick<Audited, 'outcome' | 'out' | 'difference'>> {
  const recorded = record?.result.kind === 'made' ? Object.entries(record.result.outputs) : [];
  for (const [out, { digest }] of recorded) {
    const difference = await upkeep.compare(outputs[out] ?? '', { kind: 'file', digest });
    if (difference) return { outcome: 'differs', out, difference };
  }
  return { outcome: 'same' };
}

function parentOf(path: string | undefined): string | undefined {
  return path?.slice(0, path.lastIndexOf('/'));
}
