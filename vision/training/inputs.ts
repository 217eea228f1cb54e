import { type Preprocessing, preprocess } from '../nets/preprocess.ts';
import { type ActivationCard, readActivations } from './activations.ts';
import { augmentPhoto, squarePhoto } from './augmentation/augment.ts';
import type { Rows } from './batches.ts';
import type { Example } from './examples.ts';
import type { OpenPhoto } from './photos.ts';

/** What the learning part of a network is fed with: images where all of it learns, else the frozen part's activations. */
export interface LearningInputs {
  /** The shape of one row. */
  readonly shape: readonly number[];
  /** One example's row in an epoch; every epoch sees another augmentation, as far as there are variants. */
  readonly read: (example: number, epoch: number) => Promise<Float32Array>;
}

export interface ImageRequest {
  readonly size: number;
  readonly preprocessing: Preprocessing;
  readonly examples: readonly Example[];
  readonly open: OpenPhoto;
  /** Of the augmentation; absent: as validation sees them, always the same, in `epoch` 1 as mirror images. */
  readonly seed?: string | number;
}

/** Images for a network of which all learns. */
export function imageInputs({ size, preprocessing, examples, open, seed }: ImageRequest): LearningInputs {
  return {
    shape: [size, size, 3],
    read: async (place, epoch) => {
      const example = examples[place] as Example;
      const photo = await open(example);
      const square =
        seed === undefined
          ? squarePhoto(photo, size, epoch === 1)
          : augmentPhoto({ photo, size, seed: [seed, example.photo, epoch] });
      return preprocess(preprocessing, square.data);
    },
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
  return {
    shape: paths.length > 0 ? (await rowsOf(0)).shape : [],
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
