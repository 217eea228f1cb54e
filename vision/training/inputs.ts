import type { Preprocessing } from '../nets/preprocess.ts';
import { type ActivationCard, readActivations } from './activations.ts';
import { readAhead } from './ahead.ts';
import type { Rows } from './batches.ts';
import type { Example } from './examples.ts';
import type { RowThreads } from './row-threads.ts';

/** Batches that are being read while one is computed: with one, a batch of photos that are large would be waited for. */
export const batchesAhead = 2;

/** What the learning part of a network is fed with: images where all of it learns, else the frozen part's activations. */
export interface LearningInputs {
  /** The shape of an epoch's rows. */
  readonly shapeOf: (epoch: number) => readonly number[];
  /** One example's row in an epoch; every epoch sees another augmentation, as far as there are variants. */
  readonly read: (example: number, epoch: number) => Promise<Float32Array>;
}

export interface ImageRequest {
  /** Side of an epoch's squares, in pixels. */
  readonly sizeOf: (epoch: number) => number;
  readonly preprocessing: Preprocessing;
  readonly examples: readonly Example[];
  readonly rows: Pick<RowThreads, 'make'>;
  /** Of the augmentation; absent: as validation sees them, always the same, in `epoch` 1 as mirror images. */
  readonly seed?: string | number;
}

/** Images for a network of which all learns. */
export function imageInputs({ sizeOf, preprocessing, examples, rows, seed }: ImageRequest): LearningInputs {
  return {
    shapeOf: (epoch) => [sizeOf(epoch), sizeOf(epoch), 3],
    read: (place, epoch) => {
      const { photo, path, turn } = examples[place] as Example;
      const view = seed === undefined ? { flipped: epoch === 1 } : { seed: [seed, photo, epoch] };
      return rows.make(place, { photo, path, turn, size: sizeOf(epoch), preprocessing, view });
    },
  };
}

export interface BatchesRequest {
  readonly inputs: LearningInputs;
  readonly epoch: number;
  /** How many examples there are. */
  readonly count: number;
  readonly batch: number;
}

/** Rows of all examples in their order, batch by batch, the last one perhaps smaller. */
export function readBatches({ inputs, epoch, count, batch }: BatchesRequest): AsyncGenerator<Rows> {
  const batches = Array.from({ length: Math.ceil(count / batch) }, (_, at) =>
    Array.from({ length: Math.min(batch, count - at * batch) }, (_, i) => at * batch + i),
  );
  return readAhead(batches, (places) => readRows(inputs, places, epoch), batchesAhead);
}

export async function readRows(inputs: LearningInputs, places: readonly number[], epoch: number): Promise<Rows> {
  return {
    shape: inputs.shapeOf(epoch),
    rows: await Promise.all(places.map((place) => inputs.read(place, epoch))),
  };
}

/** Files of activations by photo: of the photos as they are, of those that corrections turn, and of pasted ones. */
export interface ActivationFiles {
  readonly photos: ReadonlyMap<string, string>;
  readonly turned: ReadonlyMap<string, string>;
  readonly pasted: ReadonlyMap<string, string>;
}

export interface ActivationRequest {
  readonly card: ActivationCard;
  readonly examples: readonly Example[];
  readonly files: ActivationFiles;
  /** Whether every epoch sees the next variant; else "epoch" 0 is the photo as it is and 1 its mirror image. */
  readonly varied: boolean;
}

/** So many bytes of activations are kept in memory; what is beyond is read again. */
const keptBytes = 2_000_000_000;

/** The activations that the frozen part of the network gave for each example. */
export async function activationInputs({ card, examples, files, varied }: ActivationRequest): Promise<LearningInputs> {
  const paths = examples.map((example) => findActivations(files, example));
  const kept = new Map<number, Rows>();
  let room = keptBytes;
  const rowsOf = async (place: number): Promise<Rows> => {
    const known = kept.get(place);
    if (known) return known;
    const rows = await readActivations(paths[place] as string, card);
    room -= rows.rows.length * (rows.rows[0]?.byteLength ?? 0);
    if (room > 0) kept.set(place, rows);
    return rows;
  };
  const shape = paths.length > 0 ? (await rowsOf(0)).shape : [];
  return {
    shapeOf: () => shape,
    // Neighbours begin with different variants, so that an epoch holds a mixture of them.
    read: async (place, epoch) =>
      (await rowsOf(place)).rows[varied ? (place + epoch) % card.variants : epoch] as Float32Array,
  };
}

function findActivations({ photos, turned, pasted }: ActivationFiles, { photo, turn, origin }: Example): string {
  const path = (origin === 'pasted' ? pasted : turn === 0 ? photos : turned).get(photo);
  if (path !== undefined) return path;
  const kind = origin === 'pasted' ? 'pasted photo' : turn === 0 ? 'photo' : 'turned photo';
  throw new Error(
    `There are no activations of the ${kind} ${photo}, which recipe.freeze wants: see the input of train.`,
  );
}
