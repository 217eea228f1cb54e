import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Network } from '../nets/network.ts';
import { type Preprocessing, preprocess } from '../nets/preprocess.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { augmentPhoto, squarePhoto } from './augmentation/augment.ts';
import { forwardRows } from './batches.ts';
import type { Example } from './examples.ts';
import type { OpenPhoto } from './photos.ts';

/** What the learning part of a network is fed with: images where all of it learns, else the frozen part's activations. */
export interface LearningInputs {
  /** The shape of one row. */
  readonly shape: readonly number[];
  /** One example's row in an epoch; every epoch sees another augmentation, as far as there are variants. */
  readonly read: (example: number, epoch: number) => Promise<Float32Array>;
}

export interface InputRequest {
  readonly tf: Tensorflow;
  readonly network: Network;
  readonly size: number;
  readonly preprocessing: Preprocessing;
  readonly examples: readonly Example[];
  readonly open: OpenPhoto;
  readonly signal: AbortSignal;
  /** Called after every so many photos whose activations are computed. */
  readonly report?: (done: number, total: number) => void;
}

/** How many images go through the frozen part at once. */
const frozenBatch = 16;

/** The examples as validation sees them: always the same, without random augmentation. */
export function plainInputs(request: InputRequest): Promise<LearningInputs> {
  return prepareInputs(request, 1, async (example) => squarePhoto(await request.open(example), request.size));
}

export interface AugmentedRequest extends InputRequest {
  /** How many variants a photo has where activations are kept; the first of several is the photo as it is. */
  readonly variants: number;
  readonly seed: string | number;
}

/** The examples as the training sees them. */
export function augmentedInputs(request: AugmentedRequest): Promise<LearningInputs> {
  const { open, size, seed, network } = request;
  return prepareInputs(request, request.variants, async (example, variant) => {
    const photo = await open(example);
    if (network.freeze > 0 && variant === 0) return squarePhoto(photo, size);
    return augmentPhoto({ photo, size, seed: [seed, example.photo, variant] });
  });
}

type DrawSquare = (example: Example, variant: number) => Promise<{ readonly data: Uint8Array }>;

async function prepareInputs(request: InputRequest, variants: number, draw: DrawSquare): Promise<LearningInputs> {
  const { tf, network, size, preprocessing, examples, signal, report } = request;
  const image = { shape: [size, size, 3] };
  const read = async (example: number, variant: number): Promise<Float32Array> =>
    preprocess(preprocessing, (await draw(examples[example] as Example, variant)).data);
  if (network.freeze === 0) return { ...image, read };
  const forward = (images: Tensor): Tensor => network.forwardFrozen(images as Tensor4D);
  const kept: Float32Array[] = [];
  let shape: readonly number[] = [];
  const total = examples.length * variants;
  for (let start = 0; start < total; start += frozenBatch) {
    const places = Array.from({ length: Math.min(frozenBatch, total - start) }, (_, i) => start + i);
    const rows = await Promise.all(places.map((place) => read(Math.floor(place / variants), place % variants)));
    const activations = await forwardRows({ tf, batch: frozenBatch, forward, signal }, { ...image, rows });
    kept.push(...activations.rows);
    shape = activations.shape;
    report?.(kept.length, total);
  }
  // Neighbours begin with different variants, so that an epoch holds a mixture of them.
  return {
    shape,
    read: async (example, epoch) => kept[example * variants + ((example + epoch) % variants)] as Float32Array,
  };
}
