import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Network, StateDict } from '../nets/network.ts';
import { readSafetensors, writeSafetensors } from '../nets/safetensors.ts';
import type { MovingAverage } from './average.ts';
import type { EpochRecord } from './history.ts';
import type { Optimiser } from './optimiser.ts';

/**
 * The training's state at the end of an epoch, in one file: weights, their moving average, the best epoch's weights,
 * the optimiser and the history. The schedule and every random draw follow from the epoch, so that there is no other state.
 */
export interface CheckpointFile {
  /**
   * Brings network and optimiser to where the last whole epoch ended. Starts afresh where there is no checkpoint, or
   * where it is beyond `epochs`: an epoch that was not asked for must not decide which one is the best.
   */
  resume(learner: Learner, epochs: number): Promise<Resumed>;
  save(moment: Moment): Promise<void>;
}

export interface Resumed {
  readonly history: readonly EpochRecord[];
  readonly best?: StateDict;
}

/** What a checkpoint brings back. */
export interface Learner {
  readonly network: Network;
  readonly optimiser: Optimiser;
  readonly average: MovingAverage;
}

export interface Moment extends Learner {
  readonly history: readonly EpochRecord[];
  readonly best: StateDict | undefined;
}

/** A checkpoint in `folder`, which must exist. `log` hears of a file that cannot be read; the training then starts afresh. */
export function openCheckpoint(folder: string, log: (line: string) => void): CheckpointFile {
  const path = join(folder, 'epoch.safetensors');
  let first: StateDict = new Map();
  return {
    async resume({ network, optimiser, average }, epochs) {
      first = network.state();
      const stored = await readCheckpoint(path, log);
      if (!stored || stored.history.length > epochs) return { history: [] };
      network.load(overlay(first, stored.tensors, 'weights/'));
      optimiser.load({ steps: stored.steps, moments: under(stored.tensors, 'moments/') });
      average.load(under(stored.tensors, 'average/'));
      log(`The training goes on behind epoch ${stored.history.length}.`);
      return { history: stored.history, ...(stored.hasBest && { best: overlay(first, stored.tensors, 'best/') }) };
    },
    async save({ network, optimiser, average, history, best }) {
      const { steps, moments } = optimiser.state();
      const tensors: StateDict = new Map();
      for (const [name, tensor] of changed(first, network.state())) tensors.set(`weights/${name}`, tensor);
      for (const [name, tensor] of moments) tensors.set(`moments/${name}`, tensor);
      for (const [name, tensor] of average.state()) tensors.set(`average/${name}`, tensor);
      for (const [name, tensor] of best ? changed(first, best) : []) tensors.set(`best/${name}`, tensor);
      const progress = JSON.stringify({ history, steps, hasBest: best !== undefined });
      await writeSafetensors(`${path}.new`, tensors, { progress });
      const file = await open(`${path}.new`);
      await file.sync();
      await file.close();
      await rename(`${path}.new`, path);
    },
  };
}

interface StoredCheckpoint {
  readonly tensors: StateDict;
  readonly history: readonly EpochRecord[];
  readonly steps: number;
  readonly hasBest: boolean;
}

async function readCheckpoint(path: string, log: (line: string) => void): Promise<StoredCheckpoint | undefined> {
  try {
    const { state, metadata } = await readSafetensors(path);
    const progress = JSON.parse(metadata.progress ?? '') as Omit<StoredCheckpoint, 'tensors'>;
    return { ...progress, history: progress.history.map(restoreNaN), tensors: state };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    log(`The checkpoint cannot be read and the training starts afresh: ${(error as Error).message}`);
    return undefined;
  }
}

/** JSON writes NaN as null. */
function restoreNaN(record: EpochRecord): EpochRecord {
  const { loss, mAP, accuracy } = record.validation as { [name in 'loss' | 'mAP' | 'accuracy']: number | null };
  const validation = { loss: loss ?? Number.NaN, mAP: mAP ?? Number.NaN, accuracy: accuracy ?? Number.NaN };
  return { ...record, validation };
}

/** What differs from the first weights: of a network whose blocks are mostly frozen that is a small part. */
function changed(first: StateDict, now: StateDict): StateDict {
  const bytes = (data: Float32Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return new Map(
    [...now].filter(([name, { data }]) => {
      const before = first.get(name);
      return !before || !bytes(before.data).equals(bytes(data));
    }),
  );
}

function overlay(first: StateDict, tensors: StateDict, prefix: string): StateDict {
  return new Map([...first, ...under(tensors, prefix)]);
}

function under(tensors: StateDict, prefix: string): StateDict {
  return new Map(
    [...tensors].flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [])),
  );
}
