import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@tensorflow/tfjs';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';

/** Rows of one shape, one a photo; all of them Float32 in row-major order. */
export interface Rows {
  /** The shape of one row, without the batch's axis. */
  readonly shape: readonly number[];
  readonly rows: readonly Float32Array[];
}

/** A tensor [rows, ...shape]; zeros stand in for the rows that are missing to `size`. */
export function stackRows(tf: Tensorflow, { shape, rows }: Rows, size: number = rows.length): Tensor {
  const length = shape.reduce((product, side) => product * side, 1);
  const values = new Float32Array(size * length);
  rows.forEach((row, place) => {
    if (row.length !== length) throw new Error(`A row holds ${row.length} values, not the ${length} of [${shape}].`);
    values.set(row, place * length);
  });
  return tf.tensor(values, [size, ...shape]);
}

/** The first `count` rows of a tensor [batch, ...shape]. */
export function unstackRows(tensor: Tensor, count: number): Rows {
  const values = tensor.dataSync() as Float32Array;
  const length = values.length / (tensor.shape[0] ?? 1);
  const rows = Array.from({ length: count }, (_, place) => values.slice(place * length, (place + 1) * length));
  return { shape: tensor.shape.slice(1), rows };
}

export interface BatchRequest {
  readonly tf: Tensorflow;
  /** How many rows go through at once; a last batch that is smaller is filled up, so that no result depends on it. */
  readonly batch: number;
  readonly forward: (rows: Tensor) => Tensor;
  readonly signal: AbortSignal;
}

/** Sends rows through a network in batches of one size; one row comes out for each that goes in. */
export async function forwardRows({ tf, batch, forward, signal }: BatchRequest, { shape, rows }: Rows): Promise<Rows> {
  const results: Float32Array[] = [];
  let resultShape: readonly number[] = [];
  for (let start = 0; start < rows.length; start += batch) {
    signal.throwIfAborted();
    const part = rows.slice(start, start + batch);
    const outcome = tf.tidy(() => forward(stackRows(tf, { shape, rows: part }, batch)));
    const given = unstackRows(outcome, part.length);
    outcome.dispose();
    results.push(...given.rows);
    resultShape = given.shape;
    // TensorFlow computes in the main thread: this lets messages and the signal through between two batches.
    await setImmediate();
  }
  return { shape: resultShape, rows: results };
}
