import type { Change } from '../model/decision.ts';
import type { Failure } from '../model/event.ts';
import type { ActionKey, Digest, RunId } from '../model/names.ts';
import type { ActionRecord, Undeclared } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { adviseDeclaring, listUndeclared } from '../model/undeclared.ts';
import { lostOutput, refuseUndeclared } from '../plan/assess.ts';
import { checkpointName } from '../plan/material.ts';
import type { AttemptResult, Changes } from './attempt-request.ts';
import { createAttempts } from './attempts.ts';
import type { Decided, MakerOrder, MakerTools, Runnable, Turn } from './runnable.ts';

/** How work on a task ended. */
export type Settled =
  | { readonly kind: 'made'; readonly record: ActionRecord }
  | { readonly kind: 'restored'; readonly record: ActionRecord }
  | { readonly kind: 'kept'; readonly record: ActionRecord }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly logFile?: string }
  /** The stored files are damaged, so the task has to be made again. */
  | { readonly kind: 'damaged'; readonly runnable: Runnable }
  /** Its sources changed meanwhile. */
  | ({ readonly kind: 'outdated'; readonly decided: Decided } & Changes)
  /** The run was stopped before it began. */
  | { readonly kind: 'left' };

export interface Maker {
  /** Puts a record's outputs in place; gives the digests of objects that turned out damaged. */
  readonly show: (task: TaskNode, record: ActionRecord) => Promise<readonly Digest[]>;
  readonly keep: (task: TaskNode, record: ActionRecord) => Promise<Settled>;
  readonly restore: (task: TaskNode, record: ActionRecord, decided: Decided) => Promise<Settled>;
  /**
   * Makes a task under its claim, with as many attempts as it may have. Its seat is left once nothing more of the task will
   * run, which is before its result is kept and shown.
   */
  readonly make: (runnable: Runnable, turn: Turn) => Promise<Settled>;
}

export function createMaker(order: MakerOrder, tools: MakerTools): Maker {
  const { emit, signal } = order;
  const distrusted = new Set<Digest>();
  const attempts = createAttempts(order, tools);

  async function show(task: TaskNode, record: ActionRecord): Promise<readonly Digest[]> {
    const places = task.outs.map((out) => ({
      out: out.name,
      view: out.view,
      output: record.outputs[out.name] ?? null,
    }));
    const kept = order.kept.has(task.name) ? { kept: true as const } : {};
    const waiting = (run: RunId) =>
      emit({
        kind: 'notice',
        task: task.name,
        text: `waits for run ${run}, which reads another result of it`,
      });
    const placed = await tools.store.place({ task: task.name, record, places, signal, waiting, ...kept });
    if (placed.kind === 'damaged') return placed.digests;
    for (const { from, to } of placed.movedAside) {
      emit({ kind: 'notice', task: task.name, text: `${from} was changed by hand; your version is kept as ${to}` });
    }
    return [];
  }

  function makeAgain(runnable: Omit<Runnable, 'because'>, digests: readonly Digest[], record: ActionRecord): Settled {
    const { task } = runnable;
    for (const digest of digests) distrusted.add(digest);
    const lost = task.outs.find((out) => digests.some((digest) => record.outputs[out.name]?.digest === digest));
    const because: Change[] = [{ kind: 'output-damaged', out: (lost ?? task.outs[0])?.name ?? '' }];
    const failure = order.guard(task, because);
    if (failure) return { kind: 'failed', failure };
    emit({ kind: 'notice', task: task.name, text: `a stored result of ${task.name} is damaged; it is made again` });
    return { kind: 'damaged', runnable: { ...runnable, because, damaged: digests } };
  }

  async function restore(task: TaskNode, record: ActionRecord, decided: Decided): Promise<Settled> {
    const damaged = await show(task, record);
    return damaged.length > 0 ? makeAgain({ task, decided }, damaged, record) : { kind: 'restored', record };
  }

  /** Nothing can be made in its place, since that would be another result than the one that was chosen. */
  async function keep(task: TaskNode, record: ActionRecord): Promise<Settled> {
    const damaged = await show(task, record);
    if (damaged.length === 0) return { kind: 'kept', record };
    const message = `the stored result of ${task.name} is damaged, so that it cannot be kept`;
    const hint = 'without --keep it is made again';
    return {
      kind: 'failed',
      failure: { kind: 'diagnostics', diagnostics: [{ code: 'kept-damaged', severity: 'error', message, hint }] },
    };
  }

  async function make(runnable: Runnable, turn: Turn): Promise<Settled> {
    const { task, decided, because } = runnable;
    const { key } = decided.decision as { key: ActionKey };
    const waiting = (run: RunId) =>
      emit({ kind: 'notice', task: task.name, text: `waits for run ${run}, which is making it` });
    const claim = await tools.store.claim(key, signal, waiting);
    let made: AttemptResult | { readonly kind: 'found'; readonly record: ActionRecord };
    try {
      const isForced = because.some((change) => change.kind === 'forced');
      const isWanted = isForced || because.some((change) => change.kind === 'output-damaged');
      const known = (await tools.store.find([key])).get(key);
      // A checkpoint of what came to its end would hand over the very result that is to be made again.
      if (isForced && known) await tools.store.dropCheckpoint(checkpointName(task, decided.material));
      // Another run may have made it while this one waited for the claim.
      const found = !isWanted && known && (await lostOutput(known, tools.store)) === undefined ? known : undefined;
      made = found ? { kind: 'found', record: found } : await attempts({ runnable, key, turn, distrusted });
    } finally {
      await claim.release();
    }
    // Without the claim, since to put it in place may mean to wait for a run that wants it.
    if (made.kind !== 'found') return finish(runnable, made);
    const failure = refuseUndeclared(task, made.record);
    return failure ? { kind: 'failed', failure } : restore(task, made.record, decided);
  }

  /** What is put in place may turn out to be damaged, and then has to be made once more. */
  async function finish(runnable: Runnable, result: AttemptResult): Promise<Settled> {
    const { task, decided } = runnable;
    if (result.kind === 'outdated') return { ...result, decided };
    if (result.kind !== 'made') return result;
    // They have been made anew, and need not be once more should others turn out damaged now.
    for (const digest of runnable.damaged ?? []) distrusted.delete(digest);
    // Before the view shows the new record.
    const last = order.view.get(task.name)?.record;
    const damaged = await show(task, result.record);
    if (damaged.length > 0) return makeAgain({ task, decided }, damaged, result.record);
    if (result.record.undeclared) tellUndeclared(task, result.record.undeclared);
    emitFinished(task, result.record, last);
    return result;
  }

  function tellUndeclared(task: TaskNode, { paths, count }: Undeclared): void {
    if (count === 0) return;
    const what = `reads ${count === 1 ? 'a file' : `${count} files`} of the project that it does not declare`;
    const text = `warning: it ${what}: ${listUndeclared(paths, count, 10)}; ${adviseDeclaring(paths)}`;
    emit({ kind: 'notice', task: task.name, text });
  }

  function emitFinished(task: TaskNode, record: ActionRecord, last: ActionRecord | undefined): void {
    const isSame = (name: string) => record.outputs[name]?.digest === last?.outputs[name]?.digest;
    emit({
      kind: 'finished',
      task: task.name,
      seconds: record.seconds,
      ...(record.items ? { items: record.items } : {}),
      ...(record.skips?.length ? { skips: record.skips } : {}),
      same: last !== undefined && task.outs.every((out) => isSame(out.name)),
    });
  }

  return { show, restore, keep, make };
}
