import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { file, folder, stage } from '../engine/stage.ts';
import { prepareTensorflow } from '../vision/tensorflow/tensorflow.ts';
import { libraryFacts } from '../vision/training/libraries.ts';

/**
 * Writes a trained model in a form that other programs read: `tfjs`, a folder with model.json and its weights for
 * `tf.loadLayersModel`, and model-card.json, which says what to feed it with and what its outputs mean.
 *
 * ONNX is not offered: no kept JavaScript library writes it, and its operators by hand would be ours to keep.
 */
export default stage({
  params: z.strictObject({
    to: z
      .enum(
        ['tfjs'],
        'Models are written as tfjs. No kept JavaScript library writes ONNX; in Python, tensorflowjs_converter and then tf2onnx make it of that folder.',
      )
      .meta({ description: 'tfjs' }),
  }),
  inputs: { model: file },
  outputs: { out: folder },
  facts: libraryFacts,
  prepare: prepareTensorflow,

  async run({ inputs, outputs, threads, log }) {
    const { buildLayersModel } = await import('../vision/nets/layers-model.ts');
    const { writeLayersModel } = await import('../vision/nets/layers-file.ts');
    const { loadTensorflow } = await import('../vision/tensorflow/tensorflow.ts');
    const { loadModel } = await import('../vision/training/model.ts');

    const tf = await loadTensorflow({ threads });
    const { network, card } = await loadModel(tf, inputs.model);
    const model = buildLayersModel(tf, { ...card, classes: card.classes.length, state: network.state() });
    await writeLayersModel(model, outputs.out);
    await writeFile(join(outputs.out, 'model-card.json'), `${JSON.stringify(card, null, 2)}\n`);
    log(`${card.name} for ${card.classes.length} classes at ${card.size} px: tf.loadLayersModel('…/model.json')`);
  },
});
