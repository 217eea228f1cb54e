/**
 * One step of the contest's recipe at its full size: EfficientNet-B4, 600 px, batch 1. Time and memory are printed.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Tensor4D } from '@tensorflow/tfjs';
import { parse } from 'yaml';
import { createNetwork } from '../../../vision/nets/efficientnet.ts';
import type { StateDict, StateTensor } from '../../../vision/nets/network.ts';
import { planNetwork } from '../../../vision/nets/table.ts';
import { drawState, isStatistic, tensorShapes } from '../../../vision/nets/tensors.ts';
import { loadTensorflow, prepareTensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { createOptimiser } from '../../../vision/training/optimiser.ts';
import { seedRandom } from '../../../vision/training/random.ts';
import { takeStep } from '../../../vision/training/step.ts';

const pipeline = parse(await readFile(new URL('../../../pipeline.yaml', import.meta.url), 'utf8'));
const { net, recipe } = pipeline.profiles.contest;
await prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
const tf = await loadTensorflow({ threads: 2 });

interface Outcome {
  readonly loss: number;
  readonly seconds: number;
  /** Tensors with a value that is no finite number, those that are as they were, and those without any gradient. */
  readonly broken: readonly string[];
  readonly still: readonly string[];
  readonly idle: readonly string[];
  readonly learning: readonly string[];
}

function stepOnce({ size, freeze }: { readonly size: number; readonly freeze: number }): Outcome {
  const network = createNetwork(tf, { name: net.name, classes: 4, freeze });
  network.load(drawState(tensorShapes(planNetwork(net.name), 4), seedRandom('contest')));
  const before = network.state();
  const optimiser = createOptimiser(tf, network.trainable);
  const images = tf.randomNormal([1, size, size, 3], 0, 1, 'float32', 1) as Tensor4D;
  const portions = [{ inputs: network.forwardFrozen(images), targets: tf.tensor2d([0, 1, 0, 0], [1, 4]) }];
  const start = performance.now();
  const pass = { training: true, random: () => 0.5 };
  // The recipe's first step is so small that it may be less than the last digit of a weight, which then seems not to learn.
  const loss = takeStep({ tf, network, optimiser, portions, pass, lrOf: () => 1 });
  const seconds = (performance.now() - start) / 1000;
  const after = network.state();
  const names = [...after.keys()];
  const bytesOf = (state: StateDict, name: string) => Buffer.from((state.get(name) as StateTensor).data.buffer);
  const same = (name: string): boolean => bytesOf(after, name).equals(bytesOf(before, name));
  const { moments } = optimiser.state();
  const learning = [...network.trainable.keys()];
  const outcome = {
    ...{ loss, seconds, learning },
    broken: names.filter((name) => !after.get(name)?.data.every(Number.isFinite)),
    still: names.filter(same),
    idle: learning.filter((name) => moments.get(`average/${name}`)?.data.every((value) => value === 0) !== false),
  };
  network.dispose();
  return outcome;
}

test('one step of EfficientNet-B4 at 600 px fits this machine; every tensor of it has a gradient, and moves', () => {
  const { loss, seconds, broken, still, idle, learning } = stepOnce({ size: net.size, freeze: recipe.freeze });
  const gigabytes = process.resourceUsage().maxRSS / 1e6;
  console.log(
    `${net.name}, ${net.size} px, batch 1: ${seconds.toFixed(1)} s a step, ${gigabytes.toFixed(1)} GB at most`,
  );
  assert.ok(loss > 0 && loss < 20, `loss ${loss}`);
  assert.deepEqual([broken, idle, still], [[], [], []]);
  // Two tensors of each norm are not learned but collected, and moved, too.
  const shapes = tensorShapes(planNetwork(net.name), 4);
  assert.equal(learning.length, [...shapes.keys()].filter((name) => !isStatistic(name)).length);
});

test('with 16 blocks frozen, stem and blocks stay as they are in every bit, and all behind them moves', () => {
  const { broken, still, idle } = stepOnce({ size: 96, freeze: 16 });
  const isFrozen = (name: string): boolean =>
    /^_(conv_stem|bn0)\./.test(name) || Number(/^_blocks\.(\d+)\./.exec(name)?.[1] ?? 16) < 16;
  assert.deepEqual([broken, idle], [[], []]);
  const names = [...tensorShapes(planNetwork(net.name), 4).keys()];
  assert.deepEqual(still, names.filter(isFrozen));
});
