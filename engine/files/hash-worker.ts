/** A thread that hashes the batches of files sent to it, in their order. */
import { parentPort } from 'node:worker_threads';
import { type HashAnswer, type HashRequest, hashFile } from './hash-file.ts';

export interface HashBatch {
  readonly requests: readonly HashRequest[];
}

export interface HashedBatch {
  readonly answers: readonly HashAnswer[];
}

parentPort?.on('message', ({ requests }: HashBatch) => {
  const hashed: HashedBatch = { answers: requests.map(hashFile) };
  parentPort?.postMessage(hashed);
});
