import { z } from 'zod';
import { networkNames, planNetwork } from '../nets/table.ts';

/** Which network learns. `weights` says where its first weights come from; the stage `weights` reads it, not the training. */
export const netSchema = z.strictObject({
  name: z.enum(networkNames).meta({ description: 'efficientnet-b0 to -b7 or efficientnet-lite0 to -lite4' }),
  size: z.int().min(32).max(1200).meta({ description: 'side of the square that photos are laid into, in pixels' }),
  weights: z.string().optional(),
  pooling: z.enum(['mean', 'max']).default('mean').meta({
    description:
      'what the classifier sees of each feature: its mean over the photo, or its maximum, wherever that lies',
  }),
});

export const recipeSchema = z.strictObject({
  epochs: z.int().min(0).meta({
    description:
      'at most so many; a finished training goes on where more are asked for; 0, with headStart fitted: the fit is the model',
  }),
  batch: z.int().min(1).meta({ description: 'photos that go through the network at once' }),
  accumulate: z.int().min(1).default(1).meta({
    description: 'so many batches make one step, by the mean of their gradients: a large batch on small memory',
  }),
  averaging: z.number().min(0).lt(1).default(0).meta({
    description:
      "share that the weights' moving average keeps at each step, such as 0.99; the average is then the model; 0: none",
  }),
  flips: z.boolean().default(false).meta({
    description: 'logits of validation and prediction are means over a photo and its mirror image',
  }),
  warmUp: z
    .int()
    .min(0)
    .default(0)
    .meta({ description: 'epochs in which the learning rate first rises, in equal steps' }),
  lr: z.number().positive().meta({ description: 'highest learning rate, at the start and at every restart' }),
  headLr: z
    .number()
    .positive()
    .optional()
    .meta({ description: 'the same for the classifier; as lr where it is left out' }),
  patience: z.int().min(1).meta({ description: 'ends after so many epochs without a better validation mAP' }),
  saveFrom: z.int().min(0).default(0).meta({ description: 'the first epoch, counted from 0, that may be the best' }),
  freeze: z.int().min(0).default(0).meta({
    description: '0: all learns; N: stem and N blocks stay as they are; one more than the blocks: the classifier alone',
  }),
  growth: z
    .strictObject({ from: z.int().min(32), epochs: z.int().min(1) })
    .optional()
    .meta({
      description:
        "progressive sizes, with freeze 0: the first epoch's squares have sides of `from` pixels, and after `epochs` the net's",
    }),
  variants: z.int().min(1).default(1).meta({
    description: 'augmented variants a photo where blocks are frozen; their activations are computed once',
  }),
  headStart: z.enum(['random', 'fitted']).default('random').meta({
    description: 'the classifier before the first epoch: drawn, or fitted to the features that the first weights give',
  }),
  statistics: z.enum(['batch', 'running']).default('batch').meta({
    description: "batch norm of the part that learns: by each batch's own statistics, or by those of the first weights",
  }),
  restart: z
    .strictObject({ first: z.int().min(1), factor: z.int().min(1) })
    .default({ first: 10, factor: 2 })
    .meta({ description: 'cosine restarts: epochs of the first period, and how many times longer each next one is' }),
});

/** What one of the two cannot know of the other, as an issue of zod's for each. */
export function checkRecipe(
  { net, recipe }: { net: Net; recipe: Recipe },
  refuse: (name: string, why: string) => void,
) {
  const { growth, freeze, flips, variants, epochs, headStart } = recipe;
  if (epochs === 0 && headStart !== 'fitted')
    refuse(
      'epochs',
      'with 0 the classifier is fitted and nothing more: set headStart to fitted, or epochs to 1 or more.',
    );
  const most = planNetwork(net.name).blocks.length + 1;
  if (freeze > most)
    refuse('freeze', `${net.name} has ${most - 1} blocks, so that it may be at most ${most}, not ${freeze}.`);
  if (growth && freeze > 0)
    refuse('growth', 'photos grow only where all layers learn from them: set freeze to 0, or leave growth out.');
  if (growth && growth.from >= net.size)
    refuse('growth', `it has to begin below net.size, which is ${net.size}, and not at ${growth.from}.`);
  if (flips && freeze > 0 && variants < 2)
    refuse('flips', 'it wants the mirror image, which is the second variant: set variants to 2 or more.');
}

export type Net = z.output<typeof netSchema>;
export type Recipe = z.output<typeof recipeSchema>;
