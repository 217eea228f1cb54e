import { expandPipeline } from '../graph/expand.ts';
import { closureOf } from '../lineage/tries.ts';
import type { Change } from '../model/decision.ts';
import { type Diagnostic, type DiagnosticCode, DiagnosticError } from '../model/diagnostic.ts';
import type { ActionKey, StageName, TaskName } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import type { RestoreAnswer, RestoreRequest } from '../model/restore.ts';
import { explainInDetail } from '../plan/detail.ts';
import { explainPart } from '../plan/explain.ts';
import { editYaml } from '../spec/edit.ts';
import { compareLines } from '../spec/lines.ts';
import { createOrigins } from '../spec/origin.ts';
import { parsePipeline } from '../spec/pipeline.ts';
import { planWith } from './plan.ts';
import { type Closure, createPlaces, type Placed, parametersOf } from './restore-edits.ts';
import { matricesOf } from './restore-matrix.ts';
import { wiringOf } from './restore-wiring.ts';
import type { Session } from './session.ts';
import { archiveOf } from './why.ts';

/**
 * Writes what a try was made with back into pipeline.yaml. Whether that is enough is asked of the plan of the text as it
 * would be, so that nothing is promised that the next run does not do.
 */
export async function restore(session: Session, { name, dryRun, confirm }: RestoreRequest): Promise<RestoreAnswer> {
  const tried = await findTry(session, name);
  const { file } = session.spec;
  const text = await session.readSource(file);
  if (text === undefined) throw refusal('no-pipeline', `${file} cannot be read`);
  // A matrix first: only then is there a task for each result.
  const first = createPlaces(createOrigins(text, session.settings.profile));
  matricesOf(tried, session.graph, first);
  const between = rewrite(session, text, first.placed());
  refuse(strangers(tried, between.session), file);
  const second = createPlaces(createOrigins(between.text, session.settings.profile));
  await parametersOf(tried, between.session, second.want);
  wiringOf(tried, between.session.graph, second.want);
  const after = rewrite(session, between.text, second.placed());
  const left = createPlaces(createOrigins(after.text, session.settings.profile));
  await parametersOf(tried, after.session, left.want);
  wiringOf(tried, after.session.graph, left.want);
  refuse([...first.faults(), ...second.faults(), ...left.leftOver()], file);

  const { decision, differences } = await foresee(after.session, tried);
  const answer: Omit<RestoreAnswer, 'isWritten'> = {
    try: tried.try,
    file,
    edits: [...first.placed(), ...second.placed()].map(({ shown }) => shown),
    lines: compareLines(text, after.text),
    besides: besides(session, after.session, tried),
    differences,
    decision,
  };
  const isWanted = !dryRun && after.text !== text && (await isAgreed({ ...answer, isWritten: false }, confirm));
  if (isWanted) await session.replacePipeline(text, after.text);
  return { ...answer, isWritten: isWanted };
}

async function findTry({ store }: Session, name: string): Promise<Closure> {
  const hint = 'flow tries lists them; a try is named by the first digits of its key';
  if (!/^[0-9a-f]{4,64}$/.test(name)) throw refusal('unknown-try', `'${name}' names no try`, hint);
  const steps = await store.steps();
  const [key, ...others] = steps.keys.filter((candidate) => candidate.startsWith(name));
  if (key === undefined) throw refusal('unknown-try', `there is no try '${name}'`, hint);
  if (others.length > 0) {
    const named = await store.find([key, ...others]);
    const all = [...named.values()].map(({ key: one, task }) => `${one.slice(0, name.length + 6)} (${task})`);
    throw refusal('unknown-try', `'${name}' names ${all.length} tries`, `one of ${all.join(', ')}`);
  }
  const closure = [...closureOf(steps, steps.keys.indexOf(key))].map((step) => steps.keys[step] as ActionKey);
  const records = await store.find(closure);
  const materials = await store.materials(closure);
  const { task, run, startedAt } = records.get(key) as ActionRecord;
  return {
    try: { name, key, task, run, at: startedAt },
    records: closure.flatMap((one) => records.get(one) ?? []),
    materials,
  };
}

interface Rewritten {
  readonly text: string;
  readonly session: Session;
}

/** The pipeline as it would be read then. */
function rewrite(session: Session, before: string, placed: readonly Placed[]): Rewritten {
  const text = editYaml(
    before,
    placed.flatMap(({ edits }) => edits),
  );
  return { text, session: read(session, text) };
}

function read(session: Session, text: string): Session {
  const { spec, diagnostics } = parsePipeline({ file: session.spec.file, text, settings: session.settings });
  const graph = spec && expandPipeline(spec);
  const errors = [...diagnostics, ...(graph?.diagnostics ?? [])].filter(({ severity }) => severity === 'error');
  if (!spec || !graph || errors.length > 0) {
    refuse(
      errors.map(({ message }) => `the pipeline would be wrong: ${message}`),
      session.spec.file,
    );
  }
  return { ...session, spec, graph } as Session;
}

/** Results of stages that the pipeline has not any more. */
function strangers({ records }: Closure, { graph }: Session): string[] {
  const missing = records.filter(({ task }) => !graph.tasks.has(task));
  return missing.map(({ task }) => `the try was made of ${task}, and the pipeline has no such task`);
}

/** What the next run would do about it, and whatever beside parameters is to blame where that is work. */
async function foresee(session: Session, { try: { task, key }, records, materials }: Closure) {
  const { tasks, probable, bases, survey } = await planWith(session, [task]);
  const planned = new Map([...probable, ...tasks].map((one) => [one.task, one.decision]));
  const differences: { task: TaskName; changes: readonly Change[] }[] = [];
  const decision = planned.get(task);
  if (decision === undefined) throw new Error(`${task} was not planned`);
  const isBack = 'key' in decision && decision.key === key;
  const tried = new Map(records.map((record) => [record.task, record]));
  for (const name of isBack ? [] : session.graph.tasks.keys()) {
    const record = tried.get(name);
    const [basis, material] = [bases.get(name), record && materials.get(record.key)];
    if (record === undefined || basis === undefined || material === undefined) continue;
    const changes = await explainInDetail({ material, inputs: record.inputs }, basis, archiveOf(session, survey));
    // What came from upstream is told there.
    const own = changes.filter((change) => !(change.kind === 'changed' && change.detail?.upstream));
    if (own.length > 0) differences.push({ task: record.task, changes: own });
  }
  return { decision: decision.kind, differences };
}

/** Stages that the try was not made of, and that what is written changes, too. */
function besides(before: Session, after: Session, { records }: Closure): RestoreAnswer['besides'] {
  const own = new Set(records.map(({ stage }) => stage));
  const found = new Map<StageName, readonly Change[]>();
  for (const [name, task] of before.graph.tasks) {
    const now = after.graph.tasks.get(name);
    if (own.has(task.stage.name) || found.has(task.stage.name) || now === undefined) continue;
    const changes = explainPart(task.with, now.with, 'with');
    if (changes.length > 0) found.set(task.stage.name, changes);
  }
  return [...found].map(([stage, changes]) => ({ stage, changes }));
}

async function isAgreed(answer: RestoreAnswer, confirm: RestoreRequest['confirm']): Promise<boolean> {
  if (confirm ? await confirm(answer) : answer.differences.length === 0) return true;
  throw refusal('not-confirmed', 'nothing was written');
}

function refuse(messages: readonly string[], file: string): void {
  if (messages.length === 0) return;
  const hint = `nothing was written; ${file} can be edited by hand`;
  const last = messages.length - 1;
  throw new DiagnosticError(
    [...new Set(messages)].map((message, index) => ({
      ...fault('cannot-restore', message),
      ...(index === last ? { hint } : {}),
    })),
  );
}

function refusal(code: DiagnosticCode, message: string, hint?: string): DiagnosticError {
  return new DiagnosticError([{ ...fault(code, message), ...(hint === undefined ? {} : { hint }) }]);
}

function fault(code: DiagnosticCode, message: string): Diagnostic {
  return { code, severity: 'error', message };
}
