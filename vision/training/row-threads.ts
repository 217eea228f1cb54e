import { Worker } from 'node:worker_threads';
import { type RowAnswer, type RowRequest, type RowThreadData, rowThread, rowThreadUrl } from './row-thread.ts';
import type { RowOrder } from './rows.ts';

/** Threads that open and augment photos while TensorFlow computes in the main one. */
export interface RowThreads {
  /** `place` says which thread does it: the same one for the same photo, which it then has already opened. */
  make(place: number, order: RowOrder): Promise<Float32Array>;
  /** Ends the threads; what is still asked for fails. */
  close(): Promise<void>;
}

/** So many bytes of opened photos are kept in all threads: some 7,000 photos at 224 pixels, or 900 at 600. */
const keptBytes = 1_000_000_000;

/**
 * Threads, and not libvips's own, since the augmentation is in JavaScript; and a fixed one for each photo, not the next
 * that is free, since each thread has opened photos of its own. No result depends on their count: a photo's random
 * changes follow from its order alone.
 */
export function startRowThreads(count: number, signal: AbortSignal): RowThreads {
  const threads = Array.from({ length: count }, () => startRowThread(keptBytes / count, signal));
  return {
    make: (place, order) => (threads[place % count] as RowThread).make(order),
    close: async () => {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

interface RowThread {
  readonly worker: Worker;
  readonly make: (order: RowOrder) => Promise<Float32Array>;
}

interface Waiting {
  readonly photo: string;
  readonly resolve: (row: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

function startRowThread(room: number, signal: AbortSignal): RowThread {
  const worker = startWorker({ is: rowThread, room });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let broken: Error | undefined;
  worker.on('message', (answer: RowAnswer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('row' in answer) asked?.resolve(answer.row);
    else asked?.reject(new Error(`The photo ${asked.photo} cannot be used: ${answer.fault}`));
  });
  const fail = (reason: Error): void => {
    broken ??= reason;
    for (const { reject } of waiting.values()) reject(broken);
    waiting.clear();
  };
  // What ends a thread, as a lack of memory, is no photo's fault.
  worker.on('error', (error: Error) => fail(new Error(`A thread that prepares photos ended: ${error.message}`)));
  worker.on('exit', () => fail(new Error('The threads that prepare photos have ended.')));
  signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  return {
    worker,
    make: (order) =>
      new Promise((resolve, reject) => {
        if (broken) return reject(broken);
        const id = last++;
        waiting.set(id, { photo: order.photo, resolve, reject });
        worker.postMessage({ id, order } satisfies RowRequest);
      }),
  };
}

/** From its source, a thread needs tsx once more: Node 20 gives it none of the loaders of the thread that starts it. */
function startWorker(workerData: RowThreadData): Worker {
  const url = new URL(rowThreadUrl);
  if (!url.pathname.endsWith('.ts')) return new Worker(url, { workerData });
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const start = `import(${loader}).then(({ register }) => { register(); return import(${JSON.stringify(url.href)}); })`;
  return new Worker(start, { eval: true, workerData });
}
