import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import type { Scalar, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { compareWithReference, type Reference } from '../../../bench/reference.ts';
import { createNetwork } from '../../../vision/nets/efficientnet.ts';
import { planNetwork } from '../../../vision/nets/table.ts';
import { drawState, tensorShapes } from '../../../vision/nets/tensors.ts';
import { loadTensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { seedRandom } from '../../../vision/training/random.ts';

// The backend is chosen once a process; the test runner gives each file one of its own.
before(() => {
  process.env.FLOW_TENSORFLOW = 'wasm';
});

test('wasm gives the same features and logits within 1e-4', async () => {
  const tf = await loadTensorflow();
  assert.equal(tf.getBackend(), 'wasm');
  const fixture = new URL('../../fixtures/efficientnet-b0-64.json', import.meta.url);
  const { features, logits } = await compareWithReference(JSON.parse(await readFile(fixture, 'utf8')) as Reference);
  assert.ok(features < 1e-4 && logits < 1e-4, `features differ by ${features}, logits by ${logits}`);
});

test('on wasm the head alone learns', async () => {
  const tf = await loadTensorflow();
  const name = 'efficientnet-lite0';
  const network = createNetwork(tf, { name, classes: 2, freeze: planNetwork(name).blocks.length + 1 });
  network.load(drawState(tensorShapes(planNetwork(name), 2), seedRandom('weights')));
  assert.deepEqual([...network.trainable.keys()], ['_fc.weight', '_fc.bias']);
  const images = tf.randomNormal([4, 32, 32, 3], 0, 1, 'float32', 5) as Tensor4D;
  const features = network.forwardFrozen(images);
  const targets = tf.oneHot(tf.tensor1d([0, 1, 1, 0], 'int32'), 2);
  // Above the rate of dropout: a convex loss, which small steps only lower.
  const random = () => 0.9;
  const variables = [...network.trainable.values()];
  const losses: number[] = [];
  for (let step = 0; step < 20; step++) {
    const { value, grads } = tf.variableGrads(() => {
      const logits = network.forwardRest(features, { training: true, random });
      return tf.losses.softmaxCrossEntropy(targets, logits) as Scalar;
    }, variables);
    losses.push(value.dataSync()[0] as number);
    for (const variable of variables)
      variable.assign(tf.tidy(() => variable.sub((grads[variable.name] as Tensor).mul(0.01))));
  }
  for (const [index, loss] of losses.entries())
    assert.ok(index === 0 || loss < (losses[index - 1] as number), losses.join(' '));
});
