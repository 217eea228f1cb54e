/** One model's logits of photos: an item a photo, so that a new one costs inferences alone. */
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, itemStage } from '../engine/stage.ts';
import { prepareTensorflow } from '../vision/tensorflow/tensorflow.ts';
import { libraryFacts } from '../vision/training/libraries.ts';

export default itemStage({
  params: z.strictObject({}),
  inputs: { model: file },
  outputs: { out: file },
  takes: ['image/jpeg', 'image/png', 'image/webp', 'image/tiff', 'image/avif', 'image/gif'],
  facts: libraryFacts,
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
