import type { Change, Decision } from '../model/decision.ts';
import { DiagnosticError } from '../model/diagnostic.ts';
import type { Failure } from '../model/event.ts';
import type { TaskName } from '../model/names.ts';
import type { Price } from '../model/planning.ts';
import type { RunRequest } from '../model/project.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import type { Situation } from '../plan/assess.ts';
import { isShown } from '../plan/decide.ts';
import { planTasks } from '../plan/plan.ts';
import { isForCodeAlone, priceOf, wholeSeconds, worstSeconds } from '../plan/price.ts';
import { viewQuery } from '../plan/survey.ts';
import type { Keeping } from './keep.ts';

/** Seconds of work from which a person is asked, where the pipeline says nothing else. */
const usualThreshold = 600;

/** Says no to a task that is about to be made again although nobody was asked; undefined lets it run. */
export type Guard = (task: TaskNode, because: readonly Change[]) => Failure | undefined;

/**
 * Asks before a run does much again only because code was edited, or makes a damaged training again. A run in which so
 * much is not at stake at all is not even planned, so that asking costs the others nothing.
 */
export async function confirmPrice(
  { session, selection, decided, kept }: Keeping,
  situation: Omit<Situation, 'record' | 'store' | 'kept'>,
  confirm: RunRequest['confirm'],
): Promise<Guard> {
  const { store, spec, graph } = session;
  const threshold = spec.confirm ?? usualThreshold;
  const last = new Map<TaskName, ActionRecord>();
  let stake = 0;
  let isLasting = false;
  for (const name of [...decided.tasks, ...decided.maybe]) {
    const record = situation.view.get(name)?.record ?? (await store.history(name, 1))[0];
    if (record === undefined) continue;
    last.set(name, record);
    stake += wholeSeconds(record);
    isLasting ||= graph.tasks.get(name)?.stage.deterministic === false;
  }
  if (stake <= threshold && !isLasting) return () => undefined;

  const { tasks: planned } = await planTasks({ situation: { ...situation, kept }, store, ...selection });
  const lost = new Map<TaskName, string>();
  for (const { task, decision } of planned) {
    const node = graph.tasks.get(task) as TaskNode;
    const out = decision.kind === 'restore' ? await findLost(node, decision.record) : missingOutput(decision);
    if (out === undefined) continue;
    if (!node.stage.deterministic || worstSeconds(task, graph, last) > threshold) lost.set(task, out);
  }
  const price = priceOf({ graph, planned, last, lost });
  if (price && (price.seconds > threshold || lost.size > 0)) {
    await ask({ ...price, threshold });
    return () => undefined;
  }
  const priced = new Set(planned.flatMap(({ task, decision }) => (decision.kind === 'run' ? [task] : [])));
  return (task, because) => {
    const isDamaged = because.some(isLoss);
    if (!isDamaged && (priced.has(task.name) || !isForCodeAlone(because, task))) return undefined;
    const seconds = worstSeconds(task.name, graph, last);
    const isCostly = seconds > threshold || (isDamaged && !task.stage.deterministic);
    return isCostly ? { kind: 'costly', because: isDamaged ? 'damage' : 'code', seconds } : undefined;
  };

  async function ask(whole: Price): Promise<void> {
    if (await confirm?.(whole)) return;
    const message = `this run would cost up to ${Math.round(whole.seconds)} s more, and nobody was there to agree`;
    throw new DiagnosticError([{ code: 'not-confirmed', severity: 'error', message, hint: '--yes goes on' }]);
  }

  /** The first output that is neither in place nor in the store. */
  async function findLost(task: TaskNode, record: ActionRecord): Promise<string | undefined> {
    for (const { name, view } of task.outs) {
      const output = record.outputs[name] ?? null;
      if (output === null || isShown(output, situation.survey.state(viewQuery(view)))) continue;
      const entries = output.kind === 'file' ? [output] : (await store.readManifest(output.digest))?.entries;
      const files = entries?.filter((entry) => !('path' in entry && entry.path.endsWith('/')));
      if (files === undefined || (await store.missing(files)).length > 0) return name;
    }
    return undefined;
  }
}

/** The output for which a task is decided to run because the store lost it. What `flow gc` dropped is made again unasked. */
function missingOutput(decision: Decision): string | undefined {
  if (decision.kind !== 'run') return undefined;
  return decision.because.find(isLoss)?.out;
}

function isLoss(change: Change): change is Extract<Change, { out: string }> {
  return change.kind === 'output-damaged' || (change.kind === 'output-missing' && !change.dropped);
}
