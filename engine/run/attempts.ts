import type { Failure } from '../model/event.ts';
import type { ActionKey, Digest } from '../model/names.ts';
import type { PathQuery, ReadOutput } from '../model/ports.ts';
import type { TaskNode } from '../model/task.ts';
import type { Piece } from '../plan/inputs.ts';
import { taskQueries } from '../plan/queries.ts';
import { attemptTask } from './attempt.ts';
import type { AttemptRequest, AttemptResult } from './attempt-request.ts';
import { linesOfLog, type MakerOrder, type MakerTools, type Runnable, type Turn } from './runnable.ts';
import { watchTask } from './watch.ts';

export interface AttemptsRequest {
  readonly runnable: Runnable;
  readonly key: ActionKey;
  readonly turn: Turn;
  /** Objects that were found damaged. */
  readonly distrusted: ReadonlySet<Digest>;
}

/** Runs a task until it is made, as often as it may be tried; whether it is watched is decided here. */
export function createAttempts(order: MakerOrder, tools: MakerTools) {
  const { survey, emit, signal } = order;
  let isBlind = false;

  return async ({ runnable, key, turn, distrusted }: AttemptsRequest): Promise<AttemptResult> => {
    const { task, decided, because } = runnable;
    const sources = readPaths(
      task,
      decided.resolved.inputs.flatMap((input) => input.pieces),
    );
    await tools.store.reading(
      readOutputs([...decided.resolved.inputs.flatMap(({ pieces }) => pieces), ...decided.resolved.each]),
    );
    const isWatched = (order.trace || task.stage.strict) && (await canWatch());
    const same = {
      ...describe(runnable, key, distrusted),
      sources,
      begin: turn.seat.begin,
      // Should its output be missing, it may run again in the same slot.
      worked: task.stage.retries === 0 ? turn.seat.leave : () => {},
    };
    const earlier: Failure[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const watch = isWatched
        ? watchTask({ task, root: tools.root, declared: sources, state: survey.state })
        : undefined;
      const began: AttemptRequest['began'] = ({ cpu }, items) => {
        const told = { task: task.name, because, attempt, at: tools.machine.now(), after: turn.after(), cpu };
        emit({ kind: 'started', ...told, ...(items === undefined ? {} : { items }) });
      };
      const result = await attemptTask({ ...same, attempt, earlier, began, ...(watch ? { watch } : {}) }, tools);
      if (result.kind !== 'failed') return result;
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
  };

  /** What all attempts have in common. */
  function describe({ task, decided, because }: Runnable, key: ActionKey, distrusted: ReadonlySet<Digest>) {
    const code = survey.facts.get(task.name)?.code;
    return {
      assignment: { task, code, material: decided.material, resolved: decided.resolved },
      key,
      run: order.run,
      forced: because.some((change) => change.kind === 'forced'),
      lost: because.some((change) => change.kind === 'output-missing'),
      distrusted,
      last: order.view.get(task.name)?.record,
      itemSources: decided.resolved.each.map(({ path, kind }) => ({ path, glob: kind === 'glob' })),
      changed: async (queries: readonly PathQuery[]) => {
        const fresh = await tools.files.changedSince(queries);
        return { fresh, paths: [...new Set([...fresh, ...order.disturbances.since(decided.mark, queries)])] };
      },
      progress: (report: Parameters<AttemptRequest['progress']>[0]) =>
        emit({ kind: 'progress', task: task.name, ...report }),
      signal,
    };
  }

  /** A stage that wants to be watched where nobody can is run, but not without a word. */
  async function canWatch(): Promise<boolean> {
    const why = await tools.executor.cannotWatch();
    if (why && !isBlind)
      emit({ kind: 'notice', text: `warning: strict stages run unwatched: ${why.message}; ${why.hint}` });
    isBlind = why !== undefined;
    return !isBlind;
  }

  /** Sources, scripts and artifacts that an attempt reads as a whole: looked at again when it is over. */
  function readPaths({ each: _items, ...task }: TaskNode, pieces: readonly Piece[]): PathQuery[] {
    const made = pieces.filter((piece) => piece.made).map((piece) => ({ path: piece.path, glob: false }));
    return [...taskQueries(task, survey.facts.get(task.name)), ...made];
  }
}

function readOutputs(pieces: readonly Piece[]): ReadOutput[] {
  return pieces.flatMap(({ made, digest }) => (made ? [{ task: made.task, out: made.out, digest }] : []));
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
