import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { composeKernels } from '../../../vision/tensorflow/kernels/composed.ts';
import { createKernels } from '../../../vision/tensorflow/kernels/create.ts';
import type { Kernels } from '../../../vision/tensorflow/kernels/kernels.ts';
import { loadTensorflow, prepareTensorflow, type Tensorflow } from '../../../vision/tensorflow/tensorflow.ts';

let tf: Tensorflow;
let kernels: Kernels;
let composed: Kernels;

before(async () => {
  await prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
  tf = await loadTensorflow();
  kernels = createKernels(tf);
  composed = composeKernels(tf);
});

function assertNear(actual: Tensor, expected: Tensor, tolerance = 1e-5): void {
  assert.deepEqual(actual.shape, expected.shape);
  const difference = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0] ?? Number.NaN;
  assert.ok(difference <= tolerance, `largest difference ${difference}`);
}

/** Values on both sides of every kink. */
function ramp(): Tensor4D {
  return tf.linspace(-4, 9, 2 * 3 * 3 * 4).reshape([2, 3, 3, 4]) as Tensor4D;
}

describe('activations', () => {
  for (const name of ['relu6', 'sigmoid', 'swish'] as const)
    test(`${name} and its gradient are those composed of tfjs's operations`, () => {
      const weights = tf.randomNormal(ramp().shape, 0, 1, 'float32', 7);
      const gradient = (kernel: Kernels) => tf.grad((x) => kernel[name](x).mul(weights).sum())(ramp());
      assertNear(kernels[name](ramp()), composed[name](ramp()));
      assertNear(gradient(kernels), gradient(composed));
    });
});

describe('batch norm in training', () => {
  function run(kernel: Kernels) {
    const x = tf.randomNormal([3, 4, 5, 2], 1.5, 2, 'float32', 3) as Tensor4D;
    const scale = tf.tensor1d([0.5, 2]);
    const offset = tf.tensor1d([0.1, -0.3]);
    const weights = tf.randomNormal(x.shape, 0, 1, 'float32', 9);
    const runningMean = tf.variable(tf.tensor1d([0.2, 0.4]));
    const runningVariance = tf.variable(tf.tensor1d([1, 3]));
    const norm = { runningMean, runningVariance, epsilon: 1e-3, momentum: 0.01 };
    const apply = (input: Tensor, s: Tensor, o: Tensor) =>
      kernel.trainBatchNorm(input as Tensor4D, { ...norm, scale: s as Tensor1D, offset: o as Tensor1D });
    const { value, grads } = tf.valueAndGrads((input: Tensor, s: Tensor, o: Tensor) =>
      apply(input, s, o).mul(weights).sum(),
    )([x, scale, offset]);
    return [value, ...grads, runningMean as Tensor, runningVariance as Tensor];
  }

  test('value, gradients and running statistics are those of the composed form', () => {
    const actual = run(kernels);
    const expected = run(composed);
    assert.equal(actual.length, 6);
    for (const [index, tensor] of actual.entries()) assertNear(tensor, expected[index] as Tensor, 1e-4);
  });

  test('the running variance takes the unbiased one of the batch', () => {
    const x = tf.tensor4d([1, 3], [2, 1, 1, 1]);
    const runningMean = tf.variable(tf.tensor1d([0]));
    const runningVariance = tf.variable(tf.tensor1d([0]));
    const one = tf.tensor1d([1]);
    kernels.trainBatchNorm(x, { scale: one, offset: one, runningMean, runningVariance, epsilon: 0.001, momentum: 0.5 });
    assertNear(runningMean, tf.tensor1d([1]));
    assertNear(runningVariance, tf.tensor1d([1]));
  });

  test('leaves no tensor behind', () => {
    const count = tf.memory().numTensors;
    tf.tidy(() => {
      run(kernels);
    });
    // The two running statistics are variables, which outlive a tidy; `run` makes them anew.
    assert.equal(tf.memory().numTensors, count + 2);
  });
});
