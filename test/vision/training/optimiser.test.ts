import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs';
import { loadTensorflow, prepareTensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { forwardRows, stackRows, unstackRows } from '../../../vision/training/batches.ts';
import { meanCrossEntropy, softCrossEntropy } from '../../../vision/training/loss.ts';
import { createOptimiser, unitsOf } from '../../../vision/training/optimiser.ts';
import { seedRandom } from '../../../vision/training/random.ts';

const signal = new AbortController().signal;
await prepareTensorflow({ progress: () => {}, log: () => {}, signal });
const tf = await loadTensorflow({ threads: 1 });

test('the cross-entropy of soft labels is the mean of -Σ p log q, on both sides', () => {
  const targets = [0.7, 0.2, 0.1, 0, 1, 0];
  const logits = [1, -2, 0.5, 30, 10, -10];
  const wanted =
    [0, 3].reduce((total, row) => {
      const own = logits.slice(row, row + 3);
      const sum = own.reduce((partial, value) => partial + Math.exp(value), 0);
      const terms = own.map((value, i) => (targets[row + i] as number) * Math.log(Math.exp(value) / sum));
      return total - terms.reduce((partial, term) => partial + term, 0);
    }, 0) / 2;
  const loss = softCrossEntropy(tf, tf.tensor2d(targets, [2, 3]), tf.tensor2d(logits, [2, 3])).dataSync()[0] as number;
  assert.ok(Math.abs(loss - wanted) < 1e-5, `${loss}, not ${wanted}`);
  assert.ok(Math.abs(meanCrossEntropy(Float64Array.from(targets), Float64Array.from(logits), 3) - wanted) < 1e-12);
});

test('Ranger over variables learns a linear rule, and goes on from its state to the same bits', () => {
  const random = seedRandom('linear');
  const inputs = tf.tensor2d(
    Float32Array.from({ length: 64 * 5 }, () => random() - 0.5),
    [64, 5],
  );
  const rule = tf.tensor2d(
    Float32Array.from({ length: 10 }, () => random() - 0.5),
    [5, 2],
  );
  const wanted = tf.softmax(tf.mul(20, tf.matMul(inputs, rule))) as Tensor2D;
  const start = (): ReturnType<typeof tf.variable> => tf.variable(tf.zeros([5, 2]));
  const run = (
    weights: ReturnType<typeof start>,
    optimiser: ReturnType<typeof createOptimiser>,
    steps: number,
  ): number => {
    let loss = Number.NaN;
    for (let step = 0; step < steps; step++)
      tf.tidy(() => {
        const result = tf.variableGrads(
          () => softCrossEntropy(tf, wanted, tf.matMul(inputs, weights as unknown as Tensor2D) as Tensor2D),
          [weights],
        );
        optimiser.step(result.grads, () => 0.05);
        loss = result.value.dataSync()[0] as number;
      });
    return loss;
  };
  const whole = start();
  const first = createOptimiser(tf, new Map([['_fc.weight', whole]]));
  assert.ok(Math.abs(run(whole, first, 1) - Math.log(2)) < 1e-6);
  run(whole, first, 20);
  const halfway = start();
  halfway.assign(whole.clone());
  const second = createOptimiser(tf, new Map([['_fc.weight', halfway]]));
  second.load(structuredClone(first.state()));
  const loss = run(whole, first, 200);
  run(halfway, second, 200);
  assert.ok(loss < 0.4, `loss ${loss}`);
  assert.deepEqual(halfway.dataSync(), whole.dataSync());
});

test('output units are the last axis, and of a depthwise kernel the third', () => {
  assert.equal(unitsOf('_conv_stem.weight', [3, 3, 3, 32]), 32);
  assert.equal(unitsOf('_blocks.0._depthwise_conv.weight', [3, 3, 32, 1]), 32);
  assert.equal(unitsOf('_fc.weight', [1280, 4]), 4);
  assert.equal(unitsOf('_fc.bias', [4]), 0);
});

test('rows go through in batches of one size, whatever their number', async () => {
  const sizes: number[] = [];
  const rows = Array.from({ length: 5 }, (_, i) => Float32Array.from([i, 10 * i]));
  const forward = (given: ReturnType<typeof stackRows>): ReturnType<typeof stackRows> => {
    sizes.push(given.shape[0] as number);
    return tf.sum(given, 1, true);
  };
  const before = tf.memory().numTensors;
  const result = await forwardRows({ tf, batch: 2, forward, signal }, { shape: [2], rows });
  assert.deepEqual(sizes, [2, 2, 2]);
  assert.deepEqual(result, { shape: [1], rows: [0, 11, 22, 33, 44].map((value) => Float32Array.of(value)) });
  assert.equal(tf.memory().numTensors, before);
  const stacked = stackRows(tf, { shape: [2], rows });
  assert.deepEqual(unstackRows(stacked, 5).rows, rows);
  assert.throws(() => stackRows(tf, { shape: [3], rows }), /holds 2 values, not the 3/);
});
