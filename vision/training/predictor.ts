import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { openPixels } from '../images/open.ts';
import { preprocess } from '../nets/preprocess.ts';
import { loadTensorflow } from '../tensorflow/tensorflow.ts';
import { squarePhoto } from './augmentation/augment.ts';
import { forwardRows } from './batches.ts';
import { loadModel } from './model.ts';

/** One logit a class, in the order of the model's classes. */
export type NamedLogits = Readonly<Record<string, number>>;

/** From photos' files to their logits, in the same order. */
export type Predictor = (paths: readonly string[], signal: AbortSignal) => Promise<NamedLogits[]>;

/**
 * Photos go through the network one by one. In a batch the last bits of a photo's logits depend on its place
 * (TensorFlow's matrix products cut rows into blocks: up to 2e-6 was seen), so that a photo more would change other
 * photos' results. It costs a tenth of the time at 224 pixels, and more at smaller sizes.
 */
const inferredBatch = 1;

/** Loads a model once, to be used for many batches. */
export async function loadPredictor(path: string, threads: number): Promise<Predictor> {
  const tf = await loadTensorflow({ threads });
  const { network, card } = await loadModel(tf, path);
  const { size, classes, preprocessing, flips } = card;
  const readings = flips ? [false, true] : [false];
  const forward = (images: Tensor): Tensor => network.infer(images as Tensor4D);
  return async (paths, signal) => {
    const photos = await Promise.all(paths.map((source) => openPixels({ source, size: { longest: size } })));
    const rows = photos.flatMap((photo) =>
      readings.map((flipped) => preprocess(preprocessing, squarePhoto(photo, size, flipped).data)),
    );
    const logits = await forwardRows({ tf, batch: inferredBatch, forward, signal }, { shape: [size, size, 3], rows });
    return photos.map((_, place) =>
      nameLogits(meanOf(logits.rows.slice(place * readings.length, (place + 1) * readings.length)), classes),
    );
  };
}

function meanOf(rows: readonly Float32Array[]): Float32Array {
  return (rows[0] as Float32Array).map((_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0) / rows.length);
}

/** Rounded to what a 32-bit float holds: the digits behind it would only be noise in the file. */
function nameLogits(row: Float32Array, classes: readonly string[]): NamedLogits {
  return Object.fromEntries(classes.map((name, place) => [name, Number((row[place] as number).toPrecision(9))]));
}
