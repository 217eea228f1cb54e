/**
 * Trains one fold's network, in both rounds of the contest's recipe.
 *
 * The fold's own photos and the board's are not trained on: their logits are what distillation and ensemble read.
 * Where blocks are frozen, what they gave for each photo is read from the stage `activations`, which all folds share.
 * Round 2 gives soft labels, and photos pasted together of which a fold takes those whose sources it trains on.
 */
import { z } from 'zod';
import { file, folder, type InputItems, items, optional, stage } from '../engine/stage.ts';
import { prepareTensorflow, tensorflowReport } from '../vision/tensorflow/tensorflow.ts';
import { libraryFacts } from '../vision/training/libraries.ts';
import { netSchema, recipeSchema } from '../vision/training/recipe.ts';

export default stage({
  params: z.strictObject({
    classes: z.array(z.string()).min(2).meta({ description: 'all classes, in the order of the logits' }),
    net: netSchema,
    recipe: recipeSchema,
    seed: z.int(),
    smoothing: z.number().gt(0).max(1).default(1).meta({ description: "the label's share of a pasted photo's target" }),
  }),
  inputs: {
    photos: items,
    labels: file,
    split: file,
    weights: file,
    activations: optional(items),
    turnedActivations: optional(items),
    pastedActivations: optional(items),
    pasted: optional(folder),
    sources: optional(file),
  },
  outputs: { model: file, logits: file, history: file, curves: file },
  facts: libraryFacts,
  prepare: prepareTensorflow,
  report: tensorflowReport,
  run: async ({ params, matrix, inputs, ...run }) => {
    const { fold } = z.object({ fold: z.int() }).parse(matrix);
    const { photos, labels, split, weights, activations, pasted, sources } = inputs;
    const { smoothing, ...settings } = params;
    if ((pasted === undefined) !== (sources === undefined))
      throw new Error('The inputs pasted and sources belong together: give both or neither.');
    const { trainFold } = await import('../vision/training/train-fold.ts');
    await trainFold({
      ...settings,
      fold,
      files: {
        photos: photos.items,
        labels,
        split,
        weights,
        ...(activations && {
          activations: {
            photos: pathsOf(activations),
            turned: pathsOf(inputs.turnedActivations),
            pasted: pathsOf(inputs.pastedActivations),
          },
        }),
        ...(pasted !== undefined && sources !== undefined && { pasted: { folder: pasted, sources, smoothing } }),
      },
      threads: run.threads,
      outputs: run.outputs,
      checkpoint: run.checkpoint,
      progress: run.progress,
      log: run.log,
      signal: run.signal,
    });
  },
});

function pathsOf(given: InputItems | undefined): ReadonlyMap<string, string> {
  return new Map(given?.items.map(({ id, path }) => [id, path]));
}
