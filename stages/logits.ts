/** One model's logits of photos: an item a photo, so that a new one costs inferences alone. */
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, itemStage } from '../engine/stage.ts';
import { imageFacts } from '../vision/images/facts.ts';
import { prepareTensorflow, tensorflowFacts } from '../vision/tensorflow/tensorflow.ts';

export default itemStage({
  params: z.strictObject({}),
  inputs: { model: file },
  outputs: { out: file },
  takes: ['image/jpeg', 'image/png', 'image/webp', 'image/tiff', 'image/avif', 'image/gif'],
  facts: ({ threads }) => {
    const [tensorflow, images] = [tensorflowFacts({ threads }), imageFacts()];
    return { facts: { ...tensorflow.facts, ...images.facts }, files: [...tensorflow.files, ...images.files] };
  },
  prepare: prepareTensorflow,
  load: async ({ inputs, threads }) => {
    const { loadPredictor } = await import('../vision/training/predictor.ts');
    return loadPredictor(inputs.model, threads);
  },
  run: async ({ items, state: predict, signal }) => {
    const predictions = await predict(
      items.map(({ path }) => path),
      signal,
    );
    for (const [place, { id, outputs }] of items.entries())
      await writeFile(outputs.out, `${JSON.stringify({ photo: id, logits: predictions[place] })}\n`);
  },
});
