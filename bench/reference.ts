/**
 * Compares a network with the values that another implementation gave for weights and pictures of one formula.
 *
 * node --import tsx bench/reference.ts FILE.json
 * The file holds model, size, classes, gain, and for two pictures pooled_features_mean, pooled_features_first8 and logits.
 */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { Tensor2D } from '@tensorflow/tfjs';
import { createNetwork } from '../vision/nets/efficientnet.ts';
import { formulaImages, formulaState } from '../vision/nets/formula.ts';
import { planNetwork } from '../vision/nets/table.ts';
import { tensorShapes } from '../vision/nets/tensors.ts';
import { loadTensorflow, prepareTensorflow } from '../vision/tensorflow/tensorflow.ts';

export interface Reference {
  readonly model: string;
  readonly size: number;
  readonly classes: number;
  readonly gain: number;
  readonly pooled_features_mean: readonly number[];
  readonly pooled_features_first8: readonly (readonly number[])[];
  readonly logits: readonly (readonly number[])[];
}

export interface Differences {
  readonly features: number;
  readonly logits: number;
}

/** Largest absolute differences, once with batch norm folded and once apart; the larger of both counts. */
export async function compareWithReference(reference: Reference): Promise<Differences> {
  const { model, size, classes, gain } = reference;
  const tf = await loadTensorflow();
  const network = createNetwork(tf, { name: model, classes });
  network.load(formulaState(tensorShapes(planNetwork(model), classes), gain));
  const batch = reference.logits.length;
  const images = tf.tensor4d(formulaImages(batch, size), [batch, size, size, 3]);
  const features = network.features(images);
  const forms: readonly Tensor2D[] = [
    network.infer(images),
    tf.tidy(() => network.forward(images, { training: false })),
  ];
  const means = tf.mean(features, 1).arraySync() as number[];
  const first = (features.arraySync() as number[][]).map((row) => row.slice(0, 8));
  const result = {
    features: Math.max(
      largest(means, reference.pooled_features_mean),
      largest(first.flat(), reference.pooled_features_first8.flat()),
    ),
    logits: Math.max(...forms.map((form) => largest([...form.dataSync()], reference.logits.flat()))),
  };
  network.dispose();
  tf.dispose([images, features, ...forms]);
  return result;
}

function largest(actual: readonly number[], expected: readonly number[]): number {
  if (actual.length !== expected.length)
    throw new Error(`The reference has ${expected.length} values where the network gives ${actual.length}.`);
  return Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] as number))));
}

async function main(path: string | undefined): Promise<void> {
  if (path === undefined) throw new Error('Usage: node --import tsx bench/reference.ts FILE.json');
  const reference = JSON.parse(await readFile(path, 'utf8')) as Reference;
  await prepareTensorflow({ progress: () => {}, log: console.error, signal: new AbortController().signal });
  const { features, logits } = await compareWithReference(reference);
  console.log(`${reference.model}, ${reference.size} px, gain ${reference.gain}: largest absolute difference`);
  console.log(`pooled features ${features.toExponential(2)}`);
  console.log(`logits          ${logits.toExponential(2)}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv[2]);
