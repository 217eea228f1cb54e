import { availableParallelism } from 'node:os';
import { loadFingerprints } from './fingerprint.ts';
import { type HashAnswer, type HashRequest, hashFile } from './hash-file.ts';
import type { HashBatch, HashedBatch } from './hash-worker.ts';
import { startThread } from './thread.ts';

export interface SizedRequest extends HashRequest {
  /** Expected, for sharing the work out. */
  readonly bytes: number;
}

/** A byte costs about a nanosecond and a file's opening 25 microseconds; a thread costs 30 milliseconds to start. */
const perFile = 25_000;
const worthThreads = 100_000_000;
const batchCost = 16_000_000;

/**
 * Hashes files on all cores where there is a lot to do, else in this thread. Threads were measured against the
 * asynchronous hash of node:crypto: that one needs a whole file in memory.
 */
export async function hashMany(requests: readonly SizedRequest[], worker: URL): Promise<readonly HashAnswer[]> {
  if (requests.length === 0) return [];
  const cost = requests.reduce((sum, { bytes }) => sum + bytes + perFile, 0);
  const threads = Math.min(availableParallelism(), requests.length);
  if (cost > worthThreads && threads > 1) return hashInThreads(requests, worker, threads);
  await loadFingerprints();
  return requests.map(hashFile);
}

interface Batch {
  readonly indexes: readonly number[];
  readonly message: HashBatch;
}

async function hashInThreads(
  requests: readonly SizedRequest[],
  worker: URL,
  threads: number,
): Promise<readonly HashAnswer[]> {
  const batches = shareOut(requests);
  const answers: HashAnswer[] = new Array(requests.length);
  await Promise.all(
    Array.from({ length: Math.min(threads, batches.length) }, () => workThrough(batches, worker, answers)),
  );
  return answers;
}

/** Largest files first, so that no thread is left alone with one at the end. */
function shareOut(requests: readonly SizedRequest[]): Batch[] {
  const order = requests.map((_, index) => index);
  order.sort((a, b) => (requests[b]?.bytes ?? 0) - (requests[a]?.bytes ?? 0));
  const batches: Batch[] = [];
  let indexes: number[] = [];
  let cost = 0;
  const close = () => {
    const chosen = indexes.map((index) => requests[index]).filter((request) => request !== undefined);
    batches.push({ indexes, message: { requests: chosen.map(({ path, known }) => ({ path, known })) } });
    indexes = [];
    cost = 0;
  };
  for (const index of order) {
    indexes.push(index);
    cost += (requests[index]?.bytes ?? 0) + perFile;
    if (cost > batchCost) close();
  }
  if (indexes.length > 0) close();
  return batches.reverse();
}

/** One thread takes batches until none is left; it ends with the work, since an idle one would keep the process alive. */
function workThrough(batches: Batch[], url: URL, answers: HashAnswer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = startThread(url);
    let current: Batch | undefined;
    const next = () => {
      current = batches.pop();
      if (current === undefined) thread.terminate().then(() => resolve(), reject);
      else thread.postMessage(current.message);
    };
    thread.on('message', (hashed: HashedBatch) => {
      current?.indexes.forEach((index, position) => {
        answers[index] = hashed.answers[position] ?? { kind: 'missing' };
      });
      next();
    });
    thread.on('error', reject);
    next();
  });
}
