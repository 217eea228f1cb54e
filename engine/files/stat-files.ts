import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../thread.ts';
import { columns } from './listing.ts';
import { askChunk, askInTurn, type StatShare } from './stat-share.ts';
import type { StatOrder } from './stat-worker.ts';

/** A thread takes as long to start as ten thousand files to ask for; with 20,000, both together took a fifth longer. */
const worthThread = 50_000;
const filesAtOnce = 256;
/** Milliseconds without any progress after which the other thread is taken for lost, and its chunk is asked for here. */
const patience = 1000;

let helper: Worker | undefined;

/**
 * Four numbers a file, as a listing has them; undefined where one of the paths is no file any more. Of many files two
 * threads take chunks in turn: this one at once, the other when it has started; this one then waits for no more than the
 * chunk that the other is at. Asynchronous stats cost four times as much of the processor.
 */
export function statFiles(folder: string, paths: readonly string[], worth = worthThread): Float64Array | undefined {
  const isShared = paths.length >= worth && availableParallelism() > 1;
  const share = newShare(folder, paths.length, isShared);
  if (isShared) {
    helper ??= startHelper();
    helper.postMessage({ share, paths: paths.join('\0') } satisfies StatOrder);
  }
  askInTurn(share, paths);
  const whole = isShared && !waitForOther(share) ? withoutOther(share, paths) : share;
  return Atomics.load(whole.turns, 2) === 0 ? whole.stats : undefined;
}

function newShare(folder: string, files: number, isShared: boolean): StatShare {
  const memory = (bytes: number) => (isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  return {
    folder,
    filesAtOnce,
    turns: new Int32Array(memory(12)),
    done: new Uint8Array(memory(Math.ceil(files / filesAtOnce))),
    stats: new Float64Array(memory(files * columns * 8)),
  };
}

/** Idle, it keeps no process alive. */
function startHelper(): Worker {
  const thread = startThread(new URL('./stat-worker.ts', import.meta.url));
  thread.unref();
  thread.on('error', () => {
    helper = undefined;
  });
  return thread;
}

/** False where the other thread has stopped in the middle of a chunk. */
function waitForOther({ turns, done }: StatShare): boolean {
  for (let count = Atomics.load(turns, 1); count < done.length; count = Atomics.load(turns, 1)) {
    if (Atomics.wait(turns, 1, count, patience) === 'timed-out') return false;
  }
  return true;
}

/** On memory of its own, into which the other thread cannot write any more, should it go on after all. */
function withoutOther(share: StatShare, paths: readonly string[]): StatShare {
  const own = { ...share, turns: share.turns.slice(), done: share.done.slice(), stats: share.stats.slice() };
  for (const [chunk, isDone] of own.done.entries()) if (isDone === 0) askChunk(own, paths, chunk);
  return own;
}
