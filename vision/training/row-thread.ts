/**
 * What a thread does that makes rows beside the training: see row-threads.ts, which starts it.
 *
 * In a bundle, all of a stage is one file, and that is what the thread runs. So this file is imported for its effect by
 * the stage itself, and does nothing anywhere but in such a thread.
 */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { RowOrder } from './rows.ts';

export const rowThread = 'rows of a training';

export interface RowThreadData {
  readonly is: typeof rowThread;
  /** How many bytes of opened photos it may keep. */
  readonly room: number;
}

export interface RowRequest {
  readonly id: number;
  readonly order: RowOrder;
}

export type RowAnswer = { readonly id: number } & (
  | { readonly row: Float32Array<ArrayBuffer> }
  | { readonly fault: string }
);

/** The URL of the file that a thread has to run. */
export const rowThreadUrl = import.meta.url;

async function serve({ room }: RowThreadData): Promise<void> {
  const requests: RowRequest[] = [];
  let answer = (request: RowRequest): void => void requests.push(request);
  // Before any import: what arrives meanwhile must not be lost.
  parentPort?.on('message', (request: RowRequest) => answer(request));
  const { keepPhotos } = await import('./photos.ts');
  const { makeRow } = await import('./rows.ts');
  const open = keepPhotos(room);
  answer = async ({ id, order }) => {
    try {
      const row = await makeRow(order, open);
      parentPort?.postMessage({ id, row } satisfies RowAnswer, [row.buffer]);
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({ id, fault } satisfies RowAnswer);
    }
  };
  requests.forEach(answer);
}

if (!isMainThread && (workerData as RowThreadData | null)?.is === rowThread) void serve(workerData as RowThreadData);
