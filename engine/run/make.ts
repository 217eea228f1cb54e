import type { Change } from '../model/decision.ts';
import type { Failure, RunEvent } from '../model/event.ts';
import type { ActionKey, Digest, RunId, TaskName } from '../model/names.ts';
import type { Files, PathQuery, ViewEntry } from '../model/ports.ts';
import type { ActionRecord, Undeclared } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { adviseDeclaring, listUndeclared } from '../model/undeclared.ts';
import { type Assessment, lostOutput } from '../plan/assess.ts';
import type { Piece } from '../plan/inputs.ts';
import type { KeptResults } from '../plan/keep.ts';
import { checkpointName } from '../plan/material.ts';
import { taskQueries } from '../plan/queries.ts';
import type { Survey } from '../plan/survey.ts';
import { type AttemptTools, attemptTask } from './attempt.ts';
import type { Disturbances } from './disturbances.ts';
import type { Seat } from './slots.ts';
import { watchTask } from './watch.ts';

export type Decided = Assessment & {
  readonly kind: 'decided';
  /** Of the disturbances, from before the decision. */
  readonly mark: number;
};

/** A task that has to be made, and why. */
export interface Runnable {
  readonly task: TaskNode;
  readonly decided: Decided;
  readonly because: readonly Change[];
  /** Objects that turned out damaged, for which it is made again. */
  readonly damaged?: readonly Digest[];
}

/** How work on a task ended. */
export type Settled =
  | { readonly kind: 'made'; readonly record: ActionRecord }
  | { readonly kind: 'restored'; readonly record: ActionRecord }
  | { readonly kind: 'kept'; readonly record: ActionRecord }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly logFile?: string }
  /** The stored files are damaged, so the task has to be made again. */
  | { readonly kind: 'damaged'; readonly runnable: Runnable }
  /** Its sources changed meanwhile. */
  | { readonly kind: 'outdated'; readonly paths: readonly string[]; readonly decided: Decided }
  /** The run was stopped before it began. */
  | { readonly kind: 'left' };

export interface MakerOrder {
  readonly run: RunId;
  readonly survey: Survey;
  readonly view: ReadonlyMap<TaskName, ViewEntry>;
  readonly kept: KeptResults;
  /** Says no to making something again at a price that nobody agreed to. */
  readonly guard: (task: TaskNode, because: readonly Change[]) => Failure | undefined;
  readonly disturbances: Disturbances;
  /** Whether what tasks read is watched, and not only where their stage is strict. */
  readonly trace: boolean;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** When a task may begin, and what it waited for: told when it does. */
export interface Turn {
  readonly seat: Seat;
  readonly after: () => readonly TaskName[];
}

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

export interface MakerTools extends AttemptTools {
  readonly files: Files;
}

/** What a failed task shows of its log. */
export const linesOfLog = 20;

export function createMaker(order: MakerOrder, tools: MakerTools): Maker {
  const { survey, emit, signal } = order;
  const distrusted = new Set<Digest>();
  let isBlind = false;

  async function show(task: TaskNode, record: ActionRecord): Promise<readonly Digest[]> {
    const places = task.outs.map((out) => ({
      out: out.name,
      view: out.view,
      output: record.outputs[out.name] ?? null,
    }));
    const kept = order.kept.has(task.name) ? { kept: true as const } : {};
    const placed = await tools.store.place({ task: task.name, record, places, signal, ...kept });
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
    const claim = await tools.store.claim(key, signal);
    try {
      const isForced = because.some((change) => change.kind === 'forced');
      const isWanted = isForced || because.some((change) => change.kind === 'output-damaged');
      const known = (await tools.store.find([key])).get(key);
      // A checkpoint of what came to its end would hand over the very result that is to be made again.
      if (isForced && known) await tools.store.dropCheckpoint(checkpointName(task, decided.material));
      // Another run may have made it while this one waited for the claim.
      const found = !isWanted && known && (await lostOutput(known, tools.store)) === undefined ? known : undefined;
      return found ? await restore(task, found, decided) : await attempts(runnable, key, turn);
    } finally {
      await claim.release();
    }
  }

  async function attempts(runnable: Runnable, key: ActionKey, { seat, after }: Turn): Promise<Settled> {
    const { task, decided, because } = runnable;
    const code = survey.facts.get(task.name)?.code;
    const sources = readPaths(
      task,
      decided.resolved.inputs.flatMap((input) => input.pieces),
    );
    const isWatched = (order.trace || task.stage.strict) && (await canWatch());
    const earlier: Failure[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const watch = isWatched
        ? watchTask({ task, root: tools.root, declared: sources, state: survey.state })
        : undefined;
      const result = await attemptTask(
        {
          assignment: { task, code, material: decided.material, resolved: decided.resolved },
          key,
          run: order.run,
          attempt,
          earlier,
          forced: because.some((change) => change.kind === 'forced'),
          lost: because.some((change) => change.kind === 'output-missing'),
          distrusted,
          last: order.view.get(task.name)?.record,
          sources,
          ...(watch ? { watch } : {}),
          itemSources: decided.resolved.each.map(({ path, kind }) => ({ path, glob: kind === 'glob' })),
          changed: async (queries) => [
            ...new Set([
              ...(await tools.files.changedSince(queries)),
              ...order.disturbances.since(decided.mark, queries),
            ]),
          ],
          progress: (report) => emit({ kind: 'progress', task: task.name, ...report }),
          begin: seat.begin,
          began: ({ cpu }, items) => {
            const told = { task: task.name, because, attempt, at: tools.machine.now(), after: after(), cpu };
            emit({ kind: 'started', ...told, ...(items === undefined ? {} : { items }) });
          },
          // Should its output be missing, it may run again in the same slot.
          worked: task.stage.retries === 0 ? seat.leave : () => {},
          signal,
        },
        tools,
      );
      if (result.kind === 'left') return result;
      if (result.kind === 'outdated') return { ...result, decided };
      if (result.kind === 'made') {
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
      if (result.isDiskFull)
        emit({ kind: 'notice', task: task.name, text: 'the disk of .flow is full; free some space and run again' });
      const mayRetry = attempt <= task.stage.retries && !isCertain(result.failure) && !signal.aborted;
      if (!mayRetry) return result;
      const logTail = result.logFile ? await tools.store.logTail(result.logFile, linesOfLog) : [];
      const { failure, logFile } = result;
      emit({ kind: 'failed', failure, ...(logFile ? { logFile } : {}), task: task.name, logTail, retrying: true });
      earlier.push(inFew(result.failure));
      await tools.machine.sleep(1000 * 2 ** (attempt - 1), signal);
    }
  }

  /** A stage that wants to be watched where nobody can is run, but not without a word. */
  async function canWatch(): Promise<boolean> {
    const why = await tools.executor.cannotWatch();
    if (why && !isBlind)
      emit({ kind: 'notice', text: `warning: strict stages run unwatched: ${why.message}; ${why.hint}` });
    isBlind = why !== undefined;
    return !isBlind;
  }

  function tellUndeclared(task: TaskNode, { paths, count }: Undeclared): void {
    if (count === 0) return;
    const what = `reads ${count === 1 ? 'a file' : `${count} files`} of the project that it does not declare`;
    const text = `warning: it ${what}: ${listUndeclared(paths, count, 10)}; ${adviseDeclaring(paths)}`;
    emit({ kind: 'notice', task: task.name, text });
  }

  /** Sources, scripts and artifacts that an attempt reads as a whole: looked at again when it is over. */
  function readPaths({ each: _items, ...task }: TaskNode, pieces: readonly Piece[]): PathQuery[] {
    const made = pieces.filter((piece) => piece.made).map((piece) => ({ path: piece.path, glob: false }));
    return [...taskQueries(task, survey.facts.get(task.name)), ...made];
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

/** A record is kept for ever, and the whole of it stands in the run's journal. */
function inFew(failure: Failure): Failure {
  if (failure.kind !== 'threw' && failure.kind !== 'item') return failure;
  const { stack: _, ...rest } = failure;
  return { ...rest, message: rest.message.slice(0, longestMessage) };
}

const longestMessage = 300;

/** What another attempt cannot mend. */
function isCertain({ kind }: Failure): boolean {
  return kind === 'diagnostics' || kind === 'undeclared';
}
