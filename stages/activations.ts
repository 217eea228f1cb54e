/**
 * What the frozen blocks of a network make of a photo and of augmented variants of it: an item a photo.
 *
 * It depends on neither fold nor learning rate, so that all models share it, and a new photo costs itself alone.
 */
import { z } from 'zod';
import { file, itemStage } from '../engine/stage.ts';
import { prepareTensorflow } from '../vision/tensorflow/tensorflow.ts';
import { libraryFacts } from '../vision/training/libraries.ts';
import { netSchema, recipeSchema } from '../vision/training/recipe.ts';

export default itemStage({
  params: z.strictObject({
    ...netSchema.pick({ name: true, size: true, pooling: true }).shape,
    freeze: z
      .int()
      .min(1, 'With freeze: 0 nothing is frozen: set frozen.photos, frozen.turned and frozen.pasted to null.'),
    ...recipeSchema.pick({ variants: true }).shape,
    seed: z.int().meta({ description: 'of the augmentation' }),
  }),
  inputs: { weights: file },
  outputs: { out: file },
  takes: ['image/jpeg', 'image/png', 'image/webp', 'image/tiff', 'image/avif', 'image/gif'],
  facts: libraryFacts,
  prepare: prepareTensorflow,
  load: async ({ params: { name, size, freeze, pooling, variants }, inputs, threads }) => {
    const { useThreads } = await import('../vision/images/facts.ts');
    const { loadFrozenPart } = await import('../vision/training/activations.ts');
    useThreads(threads);
    return loadFrozenPart({ name, size, freeze, pooling, variants, weights: inputs.weights, threads });
  },
  run: async ({ items, params: { seed, size }, state: { card, forward }, signal }) => {
    const { openPixels } = await import('../vision/images/open.ts');
    const { writeActivations } = await import('../vision/training/activations.ts');
    for (const { id, path, outputs } of items) {
      const photo = await openPixels({ source: path, size: { longest: size } });
      await writeActivations(outputs.out, card, await forward(photo, [seed, id], signal));
    }
  },
});
