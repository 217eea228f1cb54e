import { availableParallelism } from 'node:os';
import { setImmediate as breathe } from 'node:timers/promises';
import { startThread } from '../thread.ts';
import { type HashAnswer, type HashRequest, hashFile } from './hash-file.ts';
import type { HashBatch, HashedBatch } from './hash-worker.ts';

export interface SizedRequest extends HashRequest {
  /** Expected, for sharing the work out. */
  readonly bytes: number;
}

/** A byte costs about a nanosecond and a file's opening 25 microseconds; a thread costs 30 milliseconds to start. */
const perFile = 25_000;
const worthThreads = 100_000_000;
const [leastBatch, largestBatch] = [1_000_000, 16_000_000];
/** Bytes; meanwhile this thread hears of nothing else. */
const tooLargeHere = 64_000_000;

/**
 * Hashes files on all cores where there is a lot to do, else in this thread. Threads were measured against the
 * asynchronous hash of node:crypto: that one needs a whole file in memory.
 */
export async function hashMany(requests: readonly SizedRequest[], worker: URL): Promise<readonly HashAnswer[]> {
  if (requests.length === 0) return [];
  const cost = requests.reduce((sum, { bytes }) => sum + bytes + perFile, 0);
  const threads = Math.min(availableParallelism(), requests.length);
  if (cost > worthThreads && threads > 1) return hashInThreads(requests, worker, threads);
  return requests.map(hashFile);
}

interface Batch {
  readonly indexes: readonly number[];
  readonly message: HashBatch;
}

/**
 * Where no file is large, this thread is one of them: it begins while the others start, and a core that it left alone
 * would have nothing to do. The others then always have a second batch at hand, since this thread may be in the middle of
 * one of its own when they are done with the first.
 */
async function hashInThreads(
  requests: readonly SizedRequest[],
  worker: URL,
  threads: number,
): Promise<readonly HashAnswer[]> {
  const batches = shareOut(requests, threads);
  const answers: HashAnswer[] = new Array(requests.length);
  const isHere = requests.every(({ bytes }) => bytes < tooLargeHere);
  const others = Math.min(threads, batches.length) - (isHere ? 1 : 0);
  const ahead = isHere ? 2 : 1;
  const work = Array.from({ length: others }, () => workThrough({ batches, url: worker, answers, ahead }));
  await Promise.all(isHere ? [workHere(batches, answers), ...work] : work);
  return answers;
}

async function workHere(batches: Batch[], answers: HashAnswer[]): Promise<void> {
  for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
    enter(batch, batch.message.requests.map(hashFile), answers);
    // The others want their next batch, and a person may have pressed Ctrl-C.
    await breathe();
  }
}

function enter({ indexes }: Batch, hashed: readonly HashAnswer[], answers: HashAnswer[]): void {
  indexes.forEach((index, position) => {
    answers[index] = hashed[position] ?? { kind: 'missing' };
  });
}

/** Largest files first and small batches at the end, so that no thread is left alone with one. */
function shareOut(requests: readonly SizedRequest[], threads: number): Batch[] {
  const order = requests.map((_, index) => index);
  order.sort((a, b) => (requests[b]?.bytes ?? 0) - (requests[a]?.bytes ?? 0));
  const batches: Batch[] = [];
  let indexes: number[] = [];
  let cost = 0;
  let left = requests.reduce((sum, { bytes }) => sum + bytes + perFile, 0);
  const close = () => {
    const chosen = indexes.map((index) => requests[index]).filter((request) => request !== undefined);
    batches.push({ indexes, message: { requests: chosen.map(({ path, known }) => ({ path, known })) } });
    left -= cost;
    indexes = [];
    cost = 0;
  };
  for (const index of order) {
    indexes.push(index);
    cost += (requests[index]?.bytes ?? 0) + perFile;
    if (cost > Math.max(leastBatch, Math.min(largestBatch, left / (8 * threads)))) close();
  }
  if (indexes.length > 0) close();
  return batches.reverse();
}

interface ThreadWork {
  readonly batches: Batch[];
  readonly url: URL;
  readonly answers: HashAnswer[];
  /** Batches that the thread has at hand. */
  readonly ahead: number;
}

/** One thread takes batches until none is left; it ends with the work, since an idle one would keep the process alive. */
function workThrough({ batches, url, answers, ahead }: ThreadWork): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = startThread(url);
    const handed: Batch[] = [];
    const next = () => {
      while (handed.length < ahead) {
        const batch = batches.pop();
        if (batch === undefined) break;
        handed.push(batch);
        thread.postMessage(batch.message);
      }
      if (handed.length > 0) return;
      // Nobody waits for it to be gone, which takes as long as a file or two.
      thread.terminate().catch(reject);
      resolve();
    };
    thread.on('message', (hashed: HashedBatch) => {
      const batch = handed.shift();
      if (batch) enter(batch, hashed.answers, answers);
      next();
    });
    thread.on('error', reject);
    next();
  });
}
