import { join } from 'node:path';
import { digestText } from '../hash/digest.ts';
import type { Digest, RunId, TaskName } from '../model/names.ts';

/** Where things lie below .flow/. */
export interface Layout {
  readonly folder: string;
  /** By digest: objects/ab/REST. */
  readonly object: (digest: Digest) => string;
  readonly objects: string;
  /** Objects whose contents were not what their names say, kept for whoever wants to know why. */
  readonly damaged: string;
  /** What was dropped to make room, a file a collection. */
  readonly dropped: string;
  /** One file a run, which only grows while the run lives. */
  readonly records: string;
  /** A cache over the records, which can be deleted at any time. */
  readonly index: string;
  readonly book: string;
  /** A lock a living run. */
  readonly runs: string;
  readonly lock: (run: string) => string;
  /** Objects that a living run found and counts on. */
  readonly relied: (run: string) => string;
  /** Outputs that a living run's tasks read in the view. */
  readonly reading: (run: string) => string;
  /** Names the run that is dropping objects; there only while it does. */
  readonly gate: string;
  readonly claims: string;
  readonly attempts: string;
  /** Half-written files of this run; on the filesystem of the objects. */
  readonly attemptsOf: (run: string) => string;
  readonly checkpoints: string;
  /** What each run said, a file a run. */
  readonly journals: string;
  readonly logs: (run: RunId) => string;
  readonly edited: (run: RunId) => string;
}

export function layoutBelow(root: string): Layout {
  const folder = join(root, '.flow');
  const objects = join(folder, 'objects');
  const attempts = join(folder, 'attempts');
  const runs = join(folder, 'runs');
  return {
    folder,
    objects,
    object: (digest) => `${objects}/${digest.slice(0, 2)}/${digest.slice(2)}`,
    damaged: join(folder, 'damaged'),
    dropped: join(folder, 'dropped'),
    records: join(folder, 'records'),
    index: join(folder, 'index.sqlite'),
    book: join(folder, 'view.json'),
    runs,
    lock: (run) => join(runs, `${run}.lock`),
    relied: (run) => join(runs, `${run}.relied`),
    reading: (run) => join(runs, `${run}.reading`),
    gate: join(folder, 'collecting'),
    claims: join(folder, 'claims'),
    attempts,
    attemptsOf: (run) => join(attempts, run),
    checkpoints: join(folder, 'checkpoints'),
    journals: join(folder, 'journals'),
    logs: (run) => join(folder, 'logs', run),
    edited: (run) => join(folder, 'edited', run),
  };
}

/** A task's name as a file's: what a matrix value may hold but a file name may not is written in hexadecimal. */
export function fileNameOf(task: TaskName): string {
  const safe = task.replace(/[^\w@=.,+-]/g, (character) => `%${Buffer.from(character).toString('hex')}`);
  return safe.length > 120 ? `${safe.slice(0, 100)}%${digestText(task).slice(0, 16)}` : safe;
}
