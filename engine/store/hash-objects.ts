/** Hashes many objects on all cores. */
import { availableParallelism } from 'node:os';
import { startThread } from '../thread.ts';
import { hashContents } from './contents.ts';

export interface ObjectFile {
  readonly path: string;
  readonly bytes: number;
}

/** Bytes from which a thread is worth its start, and that it is handed at once. */
const worthThreads = 50_000_000;
const batchBytes = 8_000_000;
/** What opening a file costs, in bytes that could be hashed meanwhile. */
const perFile = 25_000;

/**
 * The digest of each file, in their order; empty where it went away or changed meanwhile. Largest first, so that no
 * thread is left alone with a large one at the end. `progress` is told bytes.
 */
export async function hashObjects(
  files: readonly ObjectFile[],
  progress: (bytes: number) => void,
): Promise<readonly string[]> {
  const digests: string[] = new Array(files.length).fill('');
  const batches = shareOut(files);
  const total = files.reduce((sum, { bytes }) => sum + bytes + perFile, 0);
  const threads = total < worthThreads ? 1 : Math.min(availableParallelism(), batches.length);
  const settle = ({ indexes, bytes }: Batch, answers: readonly string[]) => {
    for (const [position, index] of indexes.entries()) digests[index] = answers[position] ?? '';
    progress(bytes);
  };
  await Promise.all(
    Array.from({ length: threads }, async () => {
      const hasher = threads === 1 ? hashHere() : openThread();
      try {
        for (let batch = batches.pop(); batch !== undefined; batch = batches.pop()) {
          settle(batch, await hasher.hash(batch.indexes.map((index) => files[index]?.path ?? '')));
        }
      } finally {
        await hasher.end();
      }
    }),
  );
  return digests;
}

/** One after the other, since reading is what takes the time; empty where a file cannot be read as one that stands still. */
export async function digestsOfFiles(paths: readonly string[]): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const path of paths) {
    const contents = await hashContents(path).catch(() => undefined);
    digests.push(contents?.digest ?? '');
  }
  return digests;
}

interface Batch {
  readonly indexes: readonly number[];
  readonly bytes: number;
}

function shareOut(files: readonly ObjectFile[]): Batch[] {
  const order = files.map((_, index) => index).sort((a, b) => (files[b]?.bytes ?? 0) - (files[a]?.bytes ?? 0));
  const batches: Batch[] = [];
  let indexes: number[] = [];
  let bytes = 0;
  const close = () => {
    if (indexes.length > 0) batches.push({ indexes, bytes });
    indexes = [];
    bytes = 0;
  };
  for (const index of order) {
    indexes.push(index);
    bytes += files[index]?.bytes ?? 0;
    if (bytes + indexes.length * perFile > batchBytes) close();
  }
  close();
  return batches.reverse();
}

interface Hasher {
  readonly hash: (paths: readonly string[]) => Promise<readonly string[]>;
  readonly end: () => Promise<unknown>;
}

function hashHere(): Hasher {
  return { hash: digestsOfFiles, end: async () => {} };
}

function openThread(): Hasher {
  const thread = startThread(new URL('./object-worker.ts', import.meta.url));
  let answer: { resolve: (digests: readonly string[]) => void; reject: (error: Error) => void } | undefined;
  thread.on('message', (digests: readonly string[]) => answer?.resolve(digests));
  thread.on('error', (error) => answer?.reject(error));
  return {
    hash: (paths) =>
      new Promise((resolve, reject) => {
        answer = { resolve, reject };
        thread.postMessage(paths);
      }),
    end: () => thread.terminate(),
  };
}
