import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { composeKernels } from '../../../vision/tensorflow/kernels/composed.ts';
import { fusedKernels } from '../../../vision/tensorflow/kernels/fused.ts';
import type { Activation, Kernels } from '../../../vision/tensorflow/kernels/kernels.ts';
import { hasKernels } from '../../../vision/tensorflow/kernels/library.ts';
import { nativeKernels } from '../../../vision/tensorflow/kernels/native.ts';
import { loadTensorflow, prepareTensorflow, type Tensorflow } from '../../../vision/tensorflow/tensorflow.ts';

let tf: Tensorflow;
let composed: Kernels;
const made = new Map<string, Kernels>();

before(async () => {
  await prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
  tf = await loadTensorflow({ threads: 2 });
  composed = composeKernels(tf);
  made.set('native', nativeKernels(tf));
  assert.ok(hasKernels(), 'the kernels were compiled');
  made.set('fused', fusedKernels(tf));
});

function assertNear(actual: Tensor, expected: Tensor, tolerance = 1e-5): void {
  assert.deepEqual(actual.shape, expected.shape);
  const largest = tf.max(tf.abs(expected)).dataSync()[0] ?? 0;
  const difference = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0] ?? Number.NaN;
  assert.ok(difference <= tolerance * Math.max(1, largest), `largest difference ${difference} of ${largest}`);
}

/** Values on both sides of every kink. */
function ramp(): Tensor4D {
  return tf.linspace(-4, 9, 2 * 3 * 3 * 8).reshape([2, 3, 3, 8]) as Tensor4D;
}

for (const name of ['native', 'fused'])
  describe(`${name} kernels are those composed of tfjs's operations`, () => {
    for (const kind of ['sigmoid', 'swish'] as const)
      test(`${kind} and its gradient`, () => {
        const kernels = made.get(name) as Kernels;
        const weights = tf.randomNormal(ramp().shape, 0, 1, 'float32', 7);
        const gradient = (kernel: Kernels) => tf.grad((x) => kernel[kind](x).mul(weights).sum())(ramp());
        assertNear(kernels[kind](ramp()), composed[kind](ramp()));
        assertNear(gradient(kernels), gradient(composed));
      });

    for (const activation of ['none', 'relu6', 'swish'] as const)
      for (const statistics of ['batch', 'running'] as const)
        test(`norm by ${statistics} statistics, then ${activation}: value, gradients and running statistics`, () => {
          const kernels = made.get(name) as Kernels;
          const actual = runNorm(kernels, { activation, statistics });
          const expected = runNorm(composed, { activation, statistics });
          assert.equal(actual.length, 6);
          for (const [index, tensor] of actual.entries()) assertNear(tensor, expected[index] as Tensor, 2e-5);
        });

    for (const [size, stride, height, width, channels] of [
      [3, 1, 9, 11, 24],
      [3, 2, 9, 12, 16],
      [5, 1, 14, 7, 40],
      [5, 2, 13, 8, 8],
      [3, 2, 2, 2, 8],
      [5, 2, 1, 3, 16],
      [5, 1, 2, 1, 8],
    ] as const)
      test(`depthwise ${size} x ${size}, stride ${stride}, on ${height} x ${width} x ${channels}: value and gradients`, () => {
        const kernels = made.get(name) as Kernels;
        const x = tf.randomNormal([3, height, width, channels], 0, 1, 'float32', 3) as Tensor4D;
        const kernel = tf.randomNormal([size, size, channels, 1], 0, 1, 'float32', 4) as Tensor4D;
        const run = (own: Kernels) => {
          const { value, grads } = tf.valueAndGrads((input: Tensor, filter: Tensor) => {
            const y = own.depthwise(input as Tensor4D, { kernel: filter as Tensor4D, stride });
            return y.mul(tf.randomNormal(y.shape, 0, 1, 'float32', 5)).sum();
          })([x, kernel]);
          return [own.depthwise(x, { kernel, stride }), value, ...grads];
        };
        const expected = run(composed);
        for (const [index, tensor] of run(kernels).entries()) assertNear(tensor, expected[index] as Tensor);
        const bias = tf.randomNormal([channels], 0, 1, 'float32', 6) as Tensor1D;
        for (const activation of ['none', 'relu6', 'swish'] as const) {
          const finish = (own: Kernels) => own.finishedDepthwise(x, { kernel, stride, bias, activation });
          assertNear(finish(kernels), finish(composed));
          const after = (own: Kernels) => own.finish(tf.add(x, 0), { bias, activation });
          assertNear(after(kernels), after(composed));
        }
      });

    for (const activation of ['none', 'relu6', 'swish'] as const)
      test(`1 x 1, then ${activation}, with and without a skip`, () => {
        for (const [rows, inputs, outputs] of [
          [1, 8, 16],
          [11, 24, 8],
          [300, 16, 40],
        ] as const) {
          const x = tf.randomNormal([2, rows, 1, inputs], 0, 1, 'float32', 3) as Tensor4D;
          const kernel = tf.randomNormal([1, 1, inputs, outputs], 0, 1, 'float32', 4) as Tensor4D;
          const skip = tf.randomNormal([2, rows, 1, outputs], 0, 1, 'float32', 5) as Tensor4D;
          const bias = tf.randomNormal([outputs], 0, 1, 'float32', 6) as Tensor1D;
          const run = (own: Kernels, added?: Tensor4D) =>
            own.finishedPointwise(x, { kernel: own.pack(kernel), stride: 1, bias, activation }, added);
          const kernels = made.get(name) as Kernels;
          assertNear(run(kernels), run(composed));
          assertNear(run(kernels, skip), run(composed, skip));
          const learn = (own: Kernels) => {
            const { value, grads } = tf.valueAndGrads((input: Tensor, filter: Tensor) =>
              own
                .pointwise(input as Tensor4D, filter as Tensor4D)
                .mul(skip)
                .sum(),
            )([x, kernel]);
            return [own.pointwise(x, kernel), value, ...grads];
          };
          const expected = learn(composed);
          for (const [index, tensor] of learn(kernels).entries()) assertNear(tensor, expected[index] as Tensor, 2e-5);
        }
      });

    for (const [size, stride, height, width, channels] of [
      [3, 1, 9, 11, 24],
      [5, 2, 13, 8, 40],
      [3, 2, 150, 64, 16],
      [5, 1, 90, 70, 8],
      [5, 2, 1, 3, 16],
    ] as const)
      test(`1 x 1 and depthwise ${size} x ${size}, stride ${stride}, on ${height} x ${width} x ${channels}`, () => {
        const x = tf.randomNormal([2, height, width, 16], 0, 1, 'float32', 3) as Tensor4D;
        const wide = tf.randomNormal([1, 1, 16, channels], 0, 1, 'float32', 4) as Tensor4D;
        const kernel = tf.randomNormal([size, size, channels, 1], 0, 1, 'float32', 5) as Tensor4D;
        const [one, other] = [6, 7].map((seed) => tf.randomNormal([channels], 0, 1, 'float32', seed)) as [
          Tensor1D,
          Tensor1D,
        ];
        for (const activation of ['none', 'relu6', 'swish'] as const) {
          const run = (own: Kernels, given = x) =>
            own.finishedExpansion(
              given,
              { kernel: own.pack(wide), stride: 1, bias: one, activation },
              { kernel, stride, bias: other, activation },
            );
          const kernels = made.get(name) as Kernels;
          const found = run(kernels);
          assertNear(found, run(composed));
          if (name !== 'fused') continue;
          // Whatever else is in the batch.
          const alone = run(kernels, tf.slice(x, [1, 0, 0, 0], [1, -1, -1, -1]));
          assert.deepEqual(alone.dataSync(), tf.slice(found, [1, 0, 0, 0], [1, -1, -1, -1]).dataSync());
        }
      });

    test('the running variance takes the unbiased one of the batch', () => {
      const values = [1, 3].flatMap((value) => Array.from({ length: 8 }, () => value));
      const zero = (): Variable => tf.variable(tf.zeros([8]));
      const [runningMean, runningVariance] = [zero(), zero()];
      const ones = tf.ones([8]) as Tensor1D;
      const norm = { scale: ones, offset: ones, runningMean, runningVariance, epsilon: 0.001, momentum: 0.5 };
      const given = { ...norm, statistics: 'batch', activation: 'none' } as const;
      (made.get(name) as Kernels).norm(tf.tensor4d(values, [2, 1, 1, 8]), given);
      assertNear(runningMean, tf.ones([8]));
      assertNear(runningVariance, tf.ones([8]));
    });

    test('what is far from zero keeps its variance', () => {
      const x = tf.randomNormal([4, 8, 8, 8], 3000, 0.5, 'float32', 2) as Tensor4D;
      const given = { activation: 'none', statistics: 'batch' } as const;
      const [value] = runNorm(made.get(name) as Kernels, given, x) as [Tensor];
      const { variance } = tf.moments(x, [0, 1, 2]);
      const { variance: after } = tf.moments(value, [0, 1, 2]);
      const expected = variance.div(variance.add(1e-3)).mul(tf.square(scaleOf()));
      assertNear(after, expected, 2e-3);
    });

    test('a value that is no number stays one', () => {
      const x = tf.fill([1, 1, 1, 8], Number.NaN) as Tensor4D;
      const finish = { bias: tf.zeros([8]) as Tensor1D, activation: 'relu6' } as const;
      assert.ok((made.get(name) as Kernels).finish(x, finish).dataSync().every(Number.isNaN));
    });

    test('leaves no tensor behind', () => {
      const kernels = made.get(name) as Kernels;
      const count = tf.memory().numTensors;
      tf.tidy(() => void runNorm(kernels, { activation: 'relu6', statistics: 'batch' }));
      // Running statistics are variables, which outlive a tidy; `runNorm` makes two of them, twice.
      assert.equal(tf.memory().numTensors, count + 4);
    });
  });

const scaleOf = (): Tensor1D => tf.linspace(0.5, 2, 8);

function runNorm(
  kernel: Kernels,
  kind: { readonly activation: Activation; readonly statistics: 'batch' | 'running' },
  x: Tensor4D = tf.randomNormal([3, 4, 5, 8], 1.5, 2, 'float32', 3),
): Tensor[] {
  const offset = tf.linspace(-0.3, 3, 8);
  const weights = tf.randomNormal(x.shape, 0, 1, 'float32', 9);
  const runningMean = tf.variable(tf.linspace(0.2, 2, 8));
  const runningVariance = tf.variable(tf.linspace(1, 4, 8));
  const norm = { runningMean, runningVariance, epsilon: 1e-3, momentum: 0.01, ...kind };
  const apply = (input: Tensor, scale: Tensor, shift: Tensor) =>
    kernel.norm(input as Tensor4D, { ...norm, scale: scale as Tensor1D, offset: shift as Tensor1D });
  const { grads } = tf.valueAndGrads((input: Tensor, scale: Tensor, shift: Tensor) =>
    apply(input, scale, shift).mul(weights).sum(),
  )([x, scaleOf(), offset]);
  const before = [runningMean, runningVariance].map((each) => tf.add(each, 0));
  const value = kernel.norm(x, {
    ...norm,
    scale: scaleOf(),
    offset,
    runningMean: tf.variable(tf.linspace(0.2, 2, 8)),
    runningVariance: tf.variable(tf.linspace(1, 4, 8)),
  });
  return [value, ...grads, ...before];
}
