import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Pixels } from '../images/pixels.ts';
import { createNetwork } from '../nets/efficientnet.ts';
import { narrowHalves } from '../nets/numbers.ts';
import { preprocess } from '../nets/preprocess.ts';
import { readSafetensors, writeSafetensors } from '../nets/safetensors.ts';
import { type Pooling, planNetwork } from '../nets/table.ts';
import { loadTensorflow, type Tensorflow } from '../tensorflow/tensorflow.ts';
import { augmentPhoto, squarePhoto } from './augmentation/augment.ts';
import { forwardRows, type Rows } from './batches.ts';
import { preprocessingOf } from './preprocessing.ts';

/** What activations belong to; those of another card cannot be learned from. */
export interface ActivationCard {
  readonly name: string;
  readonly size: number;
  readonly freeze: number;
  readonly pooling: Pooling;
  /** Rows a photo: the photo as it is, its mirror image, then augmented variants of it. */
  readonly variants: number;
}

export interface FrozenRequest extends ActivationCard {
  readonly weights: string;
  readonly threads: number;
}

/** What the frozen part of a network makes of the variants of a photo, whose longest side is at most `size`. */
export type FrozenPart = (photo: Pixels, seed: readonly (string | number)[], signal: AbortSignal) => Promise<Rows>;

export interface LoadedFrozenPart {
  readonly card: ActivationCard;
  readonly forward: FrozenPart;
}

/** Loads weights once, to be used for many photos. The variants of one photo go through together, so that no other photo has a part in its result. */
export async function loadFrozenPart({ weights, threads, ...asked }: FrozenRequest): Promise<LoadedFrozenPart> {
  const tf = await loadTensorflow({ threads });
  const card = { ...asked, freeze: limitFreeze(tf, asked) };
  const { name, size, freeze, pooling, variants } = card;
  const { state, metadata } = await readSafetensors(weights);
  const network = createNetwork(tf, { name, freeze, pooling, classes: state.get('_fc.bias')?.shape[0] ?? 1000 });
  network.load(state);
  const preprocessing = preprocessingOf(name, metadata);
  const forward = (images: Tensor): Tensor => network.forwardFrozen(images as Tensor4D);
  return {
    card,
    forward: (photo, seed, signal) => {
      const squares = Array.from({ length: variants }, (_, variant) =>
        variant < 2 ? squarePhoto(photo, size, variant === 1) : augmentPhoto({ photo, size, seed: [...seed, variant] }),
      );
      const rows = squares.map(({ data }) => preprocess(preprocessing, data));
      return forwardRows({ tf, batch: variants, forward, signal }, { shape: [size, size, 3], rows });
    },
  };
}

/** The wasm backend lacks the gradients of convolutions: there all is frozen but the classifier. */
export function limitFreeze(tf: Tensorflow, { name, freeze }: { name: string; freeze: number }): number {
  return tf.getBackend() === 'wasm' ? planNetwork(name).blocks.length + 1 : freeze;
}

/**
 * Writes one photo's rows in half precision, which is half the bytes: 90 KB a photo at 160 pixels, 11 frozen blocks
 * of Lite0 and 4 variants. The rounding (1 in 2,000) is far below what the augmentation changes.
 */
export async function writeActivations(path: string, card: ActivationCard, { shape, rows }: Rows): Promise<void> {
  const length = rows[0]?.length ?? 0;
  const data = new Uint16Array(length * rows.length);
  rows.forEach((row, place) => {
    data.set(narrowHalves(row), place * length);
  });
  const metadata = Object.fromEntries(Object.entries(card).map(([name, value]) => [name, String(value)]));
  await writeSafetensors(path, new Map([['activations', { shape: [rows.length, ...shape], data }]]), metadata);
}

/** Throws where the file belongs to another card. */
export async function readActivations(path: string, card: ActivationCard): Promise<Rows> {
  const { state, metadata } = await readSafetensors(path);
  for (const [name, wanted] of Object.entries(card))
    if (metadata[name] !== String(wanted))
      throw new Error(
        `The activations in ${path} are of ${name} ${metadata[name]}, not ${wanted}: give the stage 'activations' the training's net and recipe.`,
      );
  const tensor = state.get('activations');
  if (!tensor) throw new Error(`${path} holds no activations.`);
  const [count = 0, ...shape] = tensor.shape;
  const length = tensor.data.length / count;
  return { shape, rows: Array.from({ length: count }, (_, i) => tensor.data.subarray(i * length, (i + 1) * length)) };
}
