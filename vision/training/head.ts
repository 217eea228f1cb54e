import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Network } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { forwardRows, stackRows } from './batches.ts';
import type { Example } from './examples.ts';
import { type LearningInputs, readBatches } from './inputs.ts';
import { softCrossEntropy } from './loss.ts';

export interface HeadRequest {
  readonly tf: Tensorflow;
  readonly network: Network;
  readonly examples: readonly Example[];
  readonly inputs: LearningInputs;
  /** How many variants of each example the fit sees. */
  readonly readings: number;
  readonly signal: AbortSignal;
}

/**
 * Weight of half the squared weights beside the mean cross-entropy, and the length (root of the mean square, from their
 * mean) that features are brought to before: so the weight means the same for each network and pooling, whose features are
 * 1 to 65 long, and the bias keeps pace with the weights. Chosen on folds of real photos.
 */
const penalty = 0.03;
const length = 8;
const steps = 100;
const featureBatch = 16;

/**
 * Gives the network's classifier the weights that fit the features of its present weights best: softmax regression
 * with a penalty, by accelerated gradient descent (Nesterov) over all examples at once.
 *
 * A drawn classifier would first need some hundred small steps, in which its errors also bend the blocks behind it.
 * No gradients of TensorFlow's are asked for, so that the wasm backend can do it too. Gives the mean cross-entropy that is left.
 */
export async function fitHead({ tf, network, examples, inputs, readings, signal }: HeadRequest): Promise<number> {
  const features: Float32Array[] = [];
  for (let epoch = 0; epoch < readings; epoch++)
    for await (const rows of readBatches({ inputs, epoch, count: examples.length, batch: featureBatch })) {
      const forward = (given: Tensor): Tensor => network.featuresRest(given);
      const found = await forwardRows({ tf, batch: featureBatch, forward, signal }, rows);
      features.push(...found.rows);
    }
  const weight = network.trainable.get('_fc.weight');
  const bias = network.trainable.get('_fc.bias');
  if (!weight || !bias) throw new Error('The network has no classifier that learns.');
  const targets = Array.from({ length: readings }, () => examples.map(({ target }) => [...target])).flat();
  return tf.tidy(() => {
    const all = stackRows(tf, { shape: [network.channels], rows: features }) as Tensor2D;
    const wanted = tf.tensor2d(targets);
    const fitted = fitSoftmax(tf, all, wanted);
    weight.assign(fitted.weights);
    bias.assign(fitted.bias);
    const logits = tf.add(tf.matMul(all, fitted.weights), fitted.bias) as Tensor2D;
    return softCrossEntropy(tf, wanted, logits).dataSync()[0] as number;
  });
}

interface SoftmaxFit {
  /** [features, classes] */
  readonly weights: Tensor2D;
  /** [classes] */
  readonly bias: Tensor;
}

/**
 * Softmax regression of targets [rows, classes] on features [rows, features]; inside a `tidy`. Features that are twice as
 * long get weights that are half as large, and the same logits.
 */
export function fitSoftmax(tf: Tensorflow, features: Tensor2D, targets: Tensor2D): SoftmaxFit {
  const rows = features.shape[0];
  const mean = tf.mean(features, 0, true);
  const shifted = tf.sub(features, mean) as Tensor2D;
  const spread = Math.sqrt(tf.sum(tf.square(shifted)).dataSync()[0] as number) / Math.sqrt(rows);
  const scale = spread > 0 ? length / spread : 1;
  const centred = tf.mul(shifted, scale) as Tensor2D;
  // The bias is one more feature, which is always 1 and, as there is no reason to keep it small, has no penalty.
  const design = tf.concat([centred, tf.ones([rows, 1])], 1) as Tensor2D;
  const penalties = tf.concat([tf.fill([features.shape[1], 1], penalty), tf.zeros([1, 1])], 0);
  const steepness = largestEigenvalue(tf, design) / 2 + penalty;
  let weights: Tensor2D = tf.zeros([design.shape[1], targets.shape[1] as number]);
  let ahead = weights;
  let pace = 1;
  for (let step = 0; step < steps; step++) {
    const nextPace = (1 + Math.sqrt(1 + 4 * pace * pace)) / 2;
    const momentum = (pace - 1) / nextPace;
    pace = nextPace;
    const [next, further] = tf.tidy(() => {
      const errors = tf.sub(tf.softmax(tf.matMul(design, ahead)), targets) as Tensor2D;
      const slope = tf.add(tf.div(tf.matMul(design, errors, true), rows), tf.mul(ahead, penalties));
      const moved = tf.sub(ahead, tf.div(slope, steepness)) as Tensor2D;
      return [moved, tf.add(moved, tf.mul(tf.sub(moved, weights), momentum)) as Tensor2D] as [Tensor2D, Tensor2D];
    });
    weights = next;
    ahead = further;
  }
  const slopes = tf.mul(tf.slice(weights, [0, 0], [features.shape[1], -1]), scale) as Tensor2D;
  const offset = tf.slice(weights, [features.shape[1], 0], [1, -1]);
  return { weights: slopes, bias: tf.sub(offset, tf.matMul(mean as Tensor2D, slopes)).reshape([-1]) };
}

/** Of the matrix of second moments, by power iteration: the curvature of the loss is at most half of it (Böhning, 1992). */
function largestEigenvalue(tf: Tensorflow, design: Tensor2D): number {
  return tf.tidy(() => {
    let vector = tf.ones([design.shape[1], 1]) as Tensor2D;
    let length = 1;
    for (let step = 0; step < 20; step++) {
      const image = tf.div(tf.matMul(design, tf.matMul(design, vector), true), design.shape[0]);
      length = tf.norm(image).dataSync()[0] as number;
      vector = tf.div(image, length) as Tensor2D;
    }
    // Twenty steps may end a little below the largest one.
    return 1.1 * length;
  });
}
