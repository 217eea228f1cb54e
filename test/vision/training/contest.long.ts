/**
 * One step of the contest's recipe at its full size: EfficientNet-B4, 600 px, batch 1. Time and memory are printed.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Tensor4D } from '@tensorflow/tfjs';
import { parse } from 'yaml';
import { createNetwork } from '../../../vision/nets/efficientnet.ts';
import { planNetwork } from '../../../vision/nets/table.ts';
import { drawState, tensorShapes } from '../../../vision/nets/tensors.ts';
import { loadTensorflow, prepareTensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { createOptimiser } from '../../../vision/training/optimiser.ts';
import { seedRandom } from '../../../vision/training/random.ts';
import { takeStep } from '../../../vision/training/step.ts';

test('one step of EfficientNet-B4 at 600 px fits this machine and moves every kernel', async () => {
  const pipeline = parse(await readFile(new URL('../../../pipeline.yaml', import.meta.url), 'utf8'));
  const { net, recipe } = pipeline.profiles.contest;
  await prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
  const tf = await loadTensorflow({ threads: 2 });
  const network = createNetwork(tf, { name: net.name, classes: 4, freeze: recipe.freeze });
  network.load(drawState(tensorShapes(planNetwork(net.name), 4), seedRandom('contest')));
  const before = network.state();
  const optimiser = createOptimiser(tf, network.trainable);
  const inputs = tf.randomNormal([1, net.size, net.size, 3], 0, 1, 'float32', 1) as Tensor4D;
  const portions = [{ inputs, targets: tf.tensor2d([0, 1, 0, 0], [1, 4]) }];
  const start = performance.now();
  const pass = { training: true, random: () => 0.5 };
  const loss = takeStep({ tf, network, optimiser, portions, pass, lrOf: () => recipe.lr });
  const seconds = (performance.now() - start) / 1000;
  const gigabytes = process.resourceUsage().maxRSS / 1e6;
  console.log(
    `${net.name}, ${net.size} px, batch 1: ${seconds.toFixed(1)} s a step, ${gigabytes.toFixed(1)} GB at most`,
  );
  assert.ok(loss > 0 && loss < 20, `loss ${loss}`);
  const still = [...network.state()].filter(([name, { data }]) => {
    const old = before.get(name)?.data as Float32Array;
    // A scale of 1 has a coarser last digit than this first small step.
    return name.endsWith('conv.weight') && data.every((value, i) => value === old[i]);
  });
  assert.deepEqual(
    still.map(([name]) => name),
    [],
  );
});
