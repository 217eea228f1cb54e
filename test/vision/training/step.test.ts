import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { createNetwork } from '../../../vision/nets/efficientnet.ts';
import { formulaState } from '../../../vision/nets/formula.ts';
import { planNetwork } from '../../../vision/nets/table.ts';
import { tensorShapes } from '../../../vision/nets/tensors.ts';
import { createKernels } from '../../../vision/tensorflow/kernels/create.ts';
import { loadTensorflow, prepareTensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { createAverage } from '../../../vision/training/average.ts';
import { arrayOptimiser, createOptimiser, kernelOptimiser } from '../../../vision/training/optimiser.ts';
import { type Portion, takeStep } from '../../../vision/training/step.ts';

const signal = new AbortController().signal;
await prepareTensorflow({ progress: () => {}, log: () => {}, signal });
const tf = await loadTensorflow({ threads: 1 });

const name = 'efficientnet-lite0';
const portion = (rows: number, from: number): Portion => {
  const all = tf.randomNormal([4, 32, 32, 3], 0, 1, 'float32', 5) as Tensor4D;
  const targets = tf.tensor2d([1, 0, 0, 1, 0.5, 0.5, 1, 0], [4, 2]);
  return { inputs: tf.slice(all, from, rows), targets: tf.slice(targets, from, rows) as Tensor2D };
};

/** The classifier's weights after a step. Nothing is drawn at random: what dropout leaves is a matter of the batch. */
function stepBy(portions: readonly Portion[]): { readonly loss: number; readonly weights: Float32Array } {
  const network = createNetwork(tf, { name, classes: 2 });
  network.load(formulaState(tensorShapes(planNetwork(name), 2), 3));
  const optimiser = createOptimiser(tf, network.trainable);
  const pass = { training: true, statistics: 'running', random: () => 0.99 } as const;
  const loss = takeStep({ tf, network, optimiser, portions, pass, lrOf: () => 1e-2 });
  const weights = network.state().get('_fc.weight')?.data as Float32Array;
  network.dispose();
  return { loss, weights };
}

test('accumulated gradients of small batches make the step of the large one', () => {
  const whole = stepBy([portion(4, 0)]);
  const parts = stepBy([portion(2, 0), portion(2, 2)]);
  const other = stepBy([portion(2, 0)]);
  const distance = (a: Float32Array, b: Float32Array) =>
    Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? 0))));
  assert.ok(Math.abs(whole.loss - parts.loss) < 1e-5);
  assert.ok(distance(whole.weights, parts.weights) < 1e-6, String(distance(whole.weights, parts.weights)));
  assert.ok(distance(whole.weights, other.weights) > 1e-5, 'half of the batch gives another step');
});

test('the kernel steps as the plain arrays do, with Lookahead and centralised gradients', () => {
  const { stepRanger } = createKernels(tf);
  assert.ok(stepRanger, 'there is a kernel here');
  const start = () =>
    new Map([
      ['_depthwise_conv.weight', tf.variable(tf.randomNormal([3, 3, 8, 1], 0, 1, 'float32', 1))],
      ['_fc.weight', tf.variable(tf.randomNormal([8, 4], 0, 1, 'float32', 2))],
      ['_fc.bias', tf.variable(tf.zeros([4]))],
    ]);
  const [first, second] = [start(), start()];
  const [kernel, arrays] = [kernelOptimiser(tf, first, stepRanger), arrayOptimiser(tf, second)];
  for (let step = 0; step < 14; step++)
    for (const [variables, optimiser] of [
      [first, kernel],
      [second, arrays],
    ] as const) {
      const gradients = [...variables.values()].map((variable, place) => [
        variable.name,
        tf.randomNormal(variable.shape, 0.1, 1, 'float32', 1 + 100 * step + place),
      ]);
      optimiser.step(Object.fromEntries(gradients), (key) => (key.startsWith('_fc') ? 0.1 : 0.01));
    }
  const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] as number))));
  for (const [key, variable] of first)
    assert.ok(far(variable.dataSync(), second.get(key)?.dataSync() ?? []) < 1e-5, key);
  for (const [key, { data }] of kernel.state().moments)
    assert.ok(far(data, arrays.state().moments.get(key)?.data ?? []) < 1e-5, key);
});

test('a moving average lags behind, stands in for the weights where it is asked to, and comes back from its state', async () => {
  const weight = tf.variable(tf.tensor1d([0]));
  const variables = new Map([['w', weight]]);
  const average = createAverage(tf, variables, 0.5);
  weight.assign(tf.tensor1d([8]));
  average.update(100);
  average.update(101);
  assert.deepEqual(await average.within(async () => [...weight.dataSync()]), [6]);
  assert.deepEqual([...weight.dataSync()], [8]);
  const again = createAverage(tf, variables, 0.5);
  again.load(average.state());
  assert.deepEqual(await again.within(async () => [...weight.dataSync()]), [6]);
  const none = createAverage(tf, variables, 0);
  none.update(1);
  assert.deepEqual(await none.within(async () => [...weight.dataSync()]), [8]);
  assert.equal(none.state().size, 0);
});
