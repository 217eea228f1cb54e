import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { createNetwork } from '../../../vision/nets/efficientnet.ts';
import type { Network, NetworkOptions, StateDict, StateTensor } from '../../../vision/nets/network.ts';
import { planNetwork } from '../../../vision/nets/table.ts';
import { drawState, tensorShapes } from '../../../vision/nets/tensors.ts';
import { loadTensorflow, prepareTensorflow, type Tensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { seedRandom } from '../../../vision/training/random.ts';

const name = 'efficientnet-lite0';
const classes = 3;
let tf: Tensorflow;

before(async () => {
  await prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
  tf = await loadTensorflow();
});

/** Drawing millions of numbers costs more than the rest of a test, so a state is drawn once. */
const drawn = new Map<string, StateDict>();

function drawOnce(network: string, count: number): StateDict {
  const key = `${network} ${count}`;
  const state = drawn.get(key) ?? drawState(tensorShapes(planNetwork(network), count), seedRandom('weights'));
  drawn.set(key, state);
  return state;
}

function makeNetwork(options: Partial<NetworkOptions> = {}) {
  const network = createNetwork(tf, { name, classes, ...options });
  network.load(drawOnce(network.name, network.classes));
  return network;
}

function drawImages(batch = 4): Tensor4D {
  return tf.randomNormal([batch, 64, 64, 3], 0, 1, 'float32', 5) as Tensor4D;
}

function difference(a: Tensor, b: Tensor): number {
  assert.deepEqual(a.shape, b.shape);
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? Number.NaN);
}

/** Names of the tensors whose bytes differ. */
function changedIn(state: StateDict, before: StateDict): readonly string[] {
  const bytes = (tensor: StateTensor | undefined) =>
    new Uint8Array((tensor?.data ?? new Float32Array()).slice().buffer);
  return [...state.keys()].filter((key) => Buffer.compare(bytes(state.get(key)), bytes(before.get(key))) !== 0);
}

function lossOf(network: Network, random: () => number): Scalar {
  const targets = tf.oneHot(tf.tensor1d([0, 1, 2, 0], 'int32'), classes);
  return tf.losses.softmaxCrossEntropy(targets, network.forward(drawImages(), { training: true, random })) as Scalar;
}

/** One step down the gradient of cross-entropy. */
function step(network: Network, random: () => number, rate = 0.01): void {
  const variables = [...network.trainable.values()];
  const { grads } = tf.variableGrads(() => lossOf(network, random), variables);
  for (const variable of variables)
    variable.assign(tf.tidy(() => variable.sub((grads[variable.name] as Tensor).mul(rate))));
}

describe('the table', () => {
  // Parameters of the published networks, with ImageNet's 1000 classes: Tan and Le, table 2, in their exact counts.
  for (const [each, count] of [
    ['efficientnet-b0', 5_288_548],
    ['efficientnet-b1', 7_794_184],
    ['efficientnet-b4', 19_341_616],
    ['efficientnet-b7', 66_347_960],
    ['efficientnet-lite0', 4_652_008],
    ['efficientnet-lite4', 13_006_568],
  ] as const)
    test(`${each} has ${count} parameters`, () => {
      const shapes = [...tensorShapes(planNetwork(each), 1000)].filter(([key]) => !key.includes('running_'));
      const parameters = shapes.reduce((sum, [, shape]) => sum + shape.reduce((product, size) => product * size, 1), 0);
      assert.equal(parameters, count);
    });

  test('a name that it lacks is answered with those that it has', () => {
    assert.throws(() => planNetwork('resnet50'), /no network 'resnet50'; there are efficientnet-b0, /);
  });
});

describe('a network', () => {
  test('folded and apart, batch norm gives the same logits, also after the weights have changed', () => {
    const network = makeNetwork();
    const images = drawImages();
    const apart = () => network.forward(images, { training: false });
    assert.ok(difference(network.infer(images), apart()) < 1e-4);
    const before = network.infer(images);
    step(network, seedRandom('step'));
    assert.ok(difference(before, network.infer(images)) > 1e-4);
    assert.ok(difference(network.infer(images), apart()) < 1e-4);
  });

  for (const each of [name, 'efficientnet-b0'])
    test(`the gradients of ${each} are the slope of its loss`, () => {
      const network = makeNetwork({ name: each });
      const variables = [...network.trainable.values()];
      const { grads } = tf.variableGrads(() => lossOf(network, () => 0.9), variables);
      const square = variables.reduce((sum, { name: key }) => {
        const gradient = grads[key] as Tensor;
        return sum + (gradient.square().sum().dataSync()[0] as number);
      }, 0);
      // Moved along the gradient by so much that the loss changes by about 0.002 to either side.
      const distance = 0.002 / square;
      const start = new Map(variables.map((variable) => [variable, variable.clone()]));
      const lossAt = (moved: number): number => {
        for (const [variable, value] of start)
          variable.assign(tf.tidy(() => value.add((grads[variable.name] as Tensor).mul(moved))));
        return lossOf(network, () => 0.9).dataSync()[0] as number;
      };
      const slope = (lossAt(distance) - lossAt(-distance)) / (2 * distance);
      assert.ok(Math.abs(slope / square - 1) < 0.02, `slope ${slope}, gradient's square ${square}`);
    });

  test('the seed decides dropout and drop-connect', () => {
    const draw = (seed: string) => makeNetwork().forward(drawImages(), { training: true, random: seedRandom(seed) });
    assert.equal(difference(draw('a'), draw('a')), 0);
    assert.ok(difference(draw('a'), draw('b')) > 0);
    assert.throws(() => makeNetwork().forward(drawImages(), { training: true }), /needs `random`/);
  });

  test('state and load are inverse, in the layout of PyTorch', () => {
    const state = drawOnce(name, classes);
    const network = createNetwork(tf, { name, classes });
    network.load(state);
    assert.deepEqual([...network.state().keys()], [...state.keys()]);
    assert.deepEqual(changedIn(network.state(), state), []);
    assert.deepEqual(network.state().get('_blocks.1._depthwise_conv.weight')?.shape, [96, 1, 3, 3]);
  });

  test('every missing, extra and misshapen tensor is listed at once', () => {
    const network = makeNetwork();
    const state = network.state();
    state.delete('_bn0.bias');
    state.set('_surplus', { shape: [1], data: Float32Array.of(0) });
    state.set('_bn1.num_batches_tracked', { shape: [], data: Float32Array.of(0) });
    state.set('_fc.bias', { shape: [7], data: new Float32Array(7) });
    assert.throws(() => network.load(state), {
      message:
        'The weights are not those of efficientnet-lite0 with 3 classes:\n' +
        '  missing: _bn0.bias [32]\n  misshapen: _fc.bias is [7], not [3]\n  extra: _surplus [1]',
    });
  });

  test('weights for other classes get a new head, drawn from the seed', () => {
    const state = drawOnce(name, 10);
    const heads = ['a', 'a', 'b'].map((seed) => {
      const network = createNetwork(tf, { name, classes });
      network.load(state, { newHead: { random: seedRandom(seed) } });
      assert.deepEqual(network.state().get('_conv_stem.weight'), state.get('_conv_stem.weight'));
      return network.state().get('_fc.weight');
    });
    assert.deepEqual(heads[0]?.shape, [classes, 1280]);
    assert.deepEqual(heads[0], heads[1]);
    assert.notDeepEqual(heads[0], heads[2]);
  });
});

describe('frozen blocks', () => {
  for (const freeze of [1, 9, 17])
    test(`with freeze ${freeze} the frozen part keeps its weights and statistics, and the rest learns`, () => {
      const network = makeNetwork({ freeze });
      const before = network.state();
      step(network, seedRandom('step'), 0.1);
      const changed = changedIn(network.state(), before);
      const frozen = (key: string) =>
        /^_(conv_stem|bn0)/.test(key) ||
        Number(/^_blocks\.(\d+)/.exec(key)?.[1] ?? Number.POSITIVE_INFINITY) < freeze ||
        (freeze === 17 && /^_(conv_head|bn1)/.test(key));
      assert.deepEqual(changed.filter(frozen), []);
      const expected = [...before.keys()].filter((key) => !frozen(key));
      assert.deepEqual(changed, expected);
      assert.deepEqual(
        [...network.trainable.keys()],
        expected.filter((key) => !key.includes('running_')),
      );
    });

  test('run apart, the two parts give what they give together', () => {
    for (const freeze of [0, 5, 17]) {
      const network = makeNetwork({ freeze });
      const images = drawImages();
      const apart = network.forwardRest(network.forwardFrozen(images), { training: false });
      assert.equal(difference(apart, network.forward(images, { training: false })), 0);
      assert.ok(difference(apart, network.infer(images)) < 1e-4);
    }
  });

  test('a count beyond the network is an error', () => {
    assert.throws(() => makeNetwork({ freeze: 18 }), /has 16 blocks, so it may be 0 to 17/);
  });
});

test('inference leaves no tensor behind, and dispose leaves none at all', () => {
  const images = drawImages();
  const start = tf.memory().numTensors;
  const network = makeNetwork();
  network.infer(images).dispose();
  const folded = tf.memory().numTensors;
  network.infer(images).dispose();
  network.features(images).dispose();
  assert.equal(tf.memory().numTensors, folded);
  network.dispose();
  assert.equal(tf.memory().numTensors, start);
});

test('a pass without gradients lets go what is behind it, layer by layer', async () => {
  const network = makeNetwork({ name: 'efficientnet-b0' });
  const images = drawImages(1);
  const start = tf.memory().numBytes;
  const { kernels, peakBytes } = await tf.profile(() => network.forward(images, { training: false }));
  const made = kernels.reduce((sum, { bytesAdded }) => sum + bytesAdded, 0);
  assert.ok(peakBytes - start < made / 3, `${peakBytes - start} of ${made} bytes are held at once`);
  network.dispose();
});
