import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs';
import exporting from '../../stages/export.ts';
import { createNetwork } from '../../vision/nets/efficientnet.ts';
import { formulaImages, formulaState } from '../../vision/nets/formula.ts';
import { readLayersModel } from '../../vision/nets/layers-file.ts';
import { planNetwork } from '../../vision/nets/table.ts';
import { tensorShapes } from '../../vision/nets/tensors.ts';
import { loadTensorflow, prepareTensorflow } from '../../vision/tensorflow/tensorflow.ts';
import { saveModel } from '../../vision/training/model.ts';
import { makeFolder, runStage } from './run-stage.ts';

before(() => prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal }));

for (const [name, pooling] of [
  ['efficientnet-b0', 'mean'],
  ['efficientnet-lite0', 'max'],
] as const)
  test(`an exported ${name} with the ${pooling} of its features is loaded by tfjs's layers and gives the same logits`, async (context) => {
    const folder = await makeFolder(context);
    const tf = await loadTensorflow({ threads: 1 });
    // An odd size, at which SAME padding is not the same on both sides.
    const [size, classes] = [65, ['a', 'b', 'c']];
    const network = createNetwork(tf, { name, classes: classes.length, pooling });
    network.load(formulaState(tensorShapes(planNetwork(name), classes.length), 12));
    const model = join(folder, 'model.safetensors');
    await saveModel(model, network, { name, size, classes, preprocessing: 'lite', pooling, flips: false });

    const { outputs } = await runStage(exporting, { params: { to: 'tfjs' }, inputs: { model }, folder });
    const out = outputs.out as string;
    const images = tf.tensor4d(formulaImages(2, size), [2, size, size, 3]);
    const loaded = await readLayersModel(tf, out);
    const [theirs, ours] = [loaded.predict(images) as Tensor2D, network.infer(images)].map((logits) => [
      ...logits.dataSync(),
    ]);
    const differences = ours?.map((value, place) => Math.abs(value - (theirs?.[place] ?? Number.NaN))) ?? [];
    assert.equal(differences.length, 6);
    assert.ok(Math.max(...differences) < 1e-4, `logits differ by ${Math.max(...differences)}`);
    const card = JSON.parse(await readFile(join(out, 'model-card.json'), 'utf8'));
    assert.deepEqual(card, { name, size, classes, preprocessing: 'lite', pooling, flips: false });
  });

test('a form that cannot be written is answered with what can be done', () => {
  assert.throws(() => exporting.params.parse({ to: 'onnx' }), /tf2onnx/);
});
