import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs';
import { loadTensorflow, prepareTensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { fitSoftmax } from '../../../vision/training/head.ts';
import { softCrossEntropy } from '../../../vision/training/loss.ts';
import { drawNormal, seedRandom } from '../../../vision/training/random.ts';

await prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
const tf = await loadTensorflow({ threads: 1 });

test('the fit is the minimum of cross-entropy and penalty: its slopes are nearly 0, those of no other weights are', () => {
  const random = seedRandom('fit');
  const rows = Array.from({ length: 90 }, (_, row) => {
    const middle = [0, 2, 4][row % 3] as number;
    return Array.from({ length: 6 }, (_, at) => 3 + drawNormal(random) + (at < 2 ? middle : 0));
  });
  const targets = rows.map((_, row) => [0, 1, 2].map((place) => (place === row % 3 ? 0.8 : 0.1)));
  const features = tf.tensor2d(rows);
  const wanted = tf.tensor2d(targets);
  const fitted = fitSoftmax(tf, features, wanted);
  const length = tf.sum(tf.square(tf.sub(features, tf.mean(features, 0)))).div(rows.length);
  const objective = (weights: Tensor2D, bias: Tensor2D) =>
    tf.add(
      softCrossEntropy(tf, wanted, tf.add(tf.matMul(features, weights), bias) as Tensor2D),
      tf.mul(tf.mul(0.03 / 2 / 8 ** 2, length), tf.sum(tf.square(weights))),
    );
  const slopesAt = (weights: Tensor2D, bias: Tensor2D): number => {
    const slopes = tf.grads((w, b) => objective(w as Tensor2D, b as Tensor2D).asScalar())([weights, bias]);
    return Math.max(...slopes.map((slope) => tf.max(tf.abs(slope)).dataSync()[0] as number));
  };
  const bias = fitted.bias.reshape([1, 3]) as Tensor2D;
  assert.ok(slopesAt(fitted.weights, bias) < 0.01, `${slopesAt(fitted.weights, bias)}`);
  assert.ok(slopesAt(tf.zerosLike(fitted.weights), tf.zerosLike(bias)) > 0.1);
  const logits = tf.add(tf.matMul(features, fitted.weights), bias) as Tensor2D;
  const right = tf.equal(tf.argMax(logits, 1), tf.argMax(wanted, 1)).sum().dataSync()[0] as number;
  assert.ok(right > 75, `${right} of 90`);

  const long = fitSoftmax(tf, tf.mul(features, 50), wanted);
  const further = tf.max(tf.abs(tf.sub(tf.mul(long.weights, 50), fitted.weights))).dataSync()[0] as number;
  assert.ok(further < 1e-3, 'how long features are changes nothing');
});
