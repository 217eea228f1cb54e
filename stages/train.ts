/**
 * Trains one fold's network, in both rounds of the contest's recipe.
 *
 * The fold's own photos and the board's are not trained on: their logits are what distillation and ensemble read.
 * Where blocks are frozen, what they gave for each photo is read from the stage `activations`, which all folds share.
 * Round 2 gives soft labels, and photos pasted together of which a fold takes those whose sources it trains on.
 */
import { z } from 'zod';
import { type Fault, file, folder, type InputItems, items, optional, stage } from '../engine/stage.ts';
import { prepareTensorflow, tensorflowReport } from '../vision/tensorflow/tensorflow.ts';
import { libraryFacts } from '../vision/training/libraries.ts';
import { checkRecipe, netSchema, recipeSchema } from '../vision/training/recipe.ts';
// For its effect in the threads that run this module, too.
import '../vision/training/row-thread.ts';

const params = z
  .strictObject({
    classes: z.array(z.string()).min(2).meta({ description: 'all classes, in the order of the logits' }),
    net: netSchema,
    recipe: recipeSchema,
    seed: z.int(),
    smoothing: z.number().gt(0).max(1).default(1).meta({ description: "the label's share of a pasted photo's target" }),
  })
  .superRefine((given, context) =>
    checkRecipe(given, (name, why) => context.addIssue({ code: 'custom', path: ['recipe', name], message: why })),
  );

export default stage({
  params,
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
  foresee: ({ params: { recipe }, facts, inputs }) => {
    if (recipe.freeze > 0 && !inputs.includes('activations')) return [lackOfActivations];
    return recipe.freeze === 0 && facts.tensorflow === 'wasm' ? [lackOfGradients] : [];
  },
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

const lackOfActivations: Fault = {
  severity: 'error',
  parameter: 'recipe.freeze',
  message: 'with recipe.freeze above 0 the training wants the input activations.',
  hint: 'Give it the stage activations (frozen.photos, in the pipeline that ships), or set freeze to 0.',
};

const lackOfGradients: Fault = {
  severity: 'error',
  parameter: 'recipe.freeze',
  message: "with recipe.freeze 0 all layers learn, and TensorFlow's wasm has no gradients of convolutions.",
  hint: 'Native TensorFlow wants Python 3 with pip and a C++ compiler (Debian: apt-get install python3-pip g++); flow doctor says what is missing.',
};

function pathsOf(given: InputItems | undefined): ReadonlyMap<string, string> {
  return new Map(given?.items.map(({ id, path }) => [id, path]));
}
