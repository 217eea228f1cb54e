import { setImmediate } from 'node:timers/promises';
import type { Network, Pass, StateDict } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { readAhead } from './ahead.ts';
import { createAverage } from './average.ts';
import { stackRows } from './batches.ts';
import type { CheckpointFile } from './checkpoint.ts';
import type { Example, FoldExamples } from './examples.ts';
import { fitHead } from './head.ts';
import { bestOf, type EpochFigures, type EpochRecord, hasStopped } from './history.ts';
import { batchesAhead, type LearningInputs, readRows } from './inputs.ts';
import { inferExamples, judgeLogits } from './judge.ts';
import { createOptimiser } from './optimiser.ts';
import { seedRandom, shuffle } from './random.ts';
import type { Recipe } from './recipe.ts';
import { learningRate } from './schedule.ts';
import { type Portion, takeStep } from './step.ts';

export interface TrainRequest {
  readonly tf: Tensorflow;
  /** Holds the first weights; holds those of the best epoch afterwards. */
  readonly network: Network;
  readonly classes: readonly string[];
  readonly examples: FoldExamples;
  readonly inputs: { readonly train: LearningInputs; readonly validation: LearningInputs };
  readonly recipe: Recipe;
  readonly seed: string | number;
  readonly checkpoint: CheckpointFile;
  /** Called after every step with the share of all epochs that is done, in epochs. */
  readonly report: (epochs: number, history: readonly EpochRecord[]) => void;
  readonly signal: AbortSignal;
}

/** Trains until `epochs` or patience end it, going on from the checkpoint's epoch where there is one; with 0 epochs it fits the classifier alone. */
export async function trainNetwork(request: TrainRequest): Promise<readonly EpochRecord[]> {
  const { tf, network, classes, examples, inputs, recipe, checkpoint, report, signal } = request;
  const optimiser = createOptimiser(tf, network.trainable);
  const average = createAverage(tf, network.trainable, recipe.averaging);
  const learner = { network, optimiser, average };
  const started = await checkpoint.resume(learner, recipe.epochs);
  const history: EpochRecord[] = [...started.history];
  let best: StateDict | undefined = started.best;
  const judge = async (): Promise<EpochFigures> => {
    const judged = { inputs: inputs.validation, examples: examples.validation, flips: recipe.flips };
    const logits = await inferExamples({ tf, network, ...judged, signal });
    return judgeLogits(logits, examples.validation, classes);
  };
  if (history.length === 0 && recipe.headStart === 'fitted') {
    const readings = recipe.freeze > 0 ? recipe.variants : 1;
    const loss = await fitHead({ tf, network, examples: examples.train, inputs: inputs.train, readings, signal });
    if (recipe.epochs === 0) return [{ epoch: 0, lr: 0, loss, validation: await judge() }];
    optimiser.restart();
    average.restart();
  }

  while (history.length < recipe.epochs && !hasStopped(history, recipe.patience)) {
    const epoch = history.length;
    const lr = rateOf(recipe, recipe.lr, epoch);
    const headLr = rateOf(recipe, recipe.headLr ?? recipe.lr, epoch);
    const batches = drawBatches(examples.train.length, recipe, [request.seed, epoch]);
    let loss = 0;
    let step = 0;
    const readStep = (batch: (typeof batches)[number]) =>
      Promise.all(batch.map((places) => readRows(inputs.train, places, epoch)));
    for await (const read of readAhead(batches, readStep, batchesAhead)) {
      signal.throwIfAborted();
      const portions = read.map((rows, portion): Portion => {
        const places = batches[step]?.[portion] ?? [];
        const targets = places.map((place) => [...(examples.train[place] as Example).target]);
        return { inputs: stackRows(tf, rows), targets: tf.tensor2d(targets) };
      });
      const random = seedRandom('step', request.seed, epoch, step);
      const pass: Pass = { training: true, statistics: recipe.statistics, random };
      const lrOf = (name: string): number => (name.startsWith('_fc.') ? headLr : lr);
      loss += takeStep({ tf, network, optimiser, portions, pass, lrOf });
      tf.dispose(portions.flatMap(({ inputs, targets }) => [inputs, targets]));
      step++;
      average.update(epoch * batches.length + step);
      report(epoch + step / batches.length, history);
      await setImmediate();
    }
    const { validation, weights } = await average.within(async () => ({
      validation: await judge(),
      weights: network.state(),
    }));
    history.push({ epoch, lr, loss: loss / batches.length, validation });
    if (bestOf(history, recipe.saveFrom)?.epoch === epoch) best = weights;
    await checkpoint.save({ ...learner, history, best });
    report(epoch + 1, history);
  }
  // Without an epoch that may be the best (fewer than saveFrom) the last one is the model.
  network.load(best ?? (await average.within(async () => network.state())));
  return history;
}

function rateOf({ restart, warmUp }: Recipe, lr: number, epoch: number): number {
  return learningRate({ lr, restarts: restart, warmUp }, epoch);
}

/**
 * The places 0 to count - 1 in a random order, a list of `accumulate` batches a step; a rest that fills no batch is left
 * for other epochs, as batch norm needs company. Where there are fewer photos than in one step, a step has fewer batches.
 */
function drawBatches(
  count: number,
  { batch, accumulate }: Recipe,
  seed: readonly (string | number)[],
): (readonly number[])[][] {
  const size = Math.min(batch, count);
  const order = shuffle(
    seedRandom('order', ...seed),
    Array.from({ length: count }, (_, place) => place),
  );
  const batches = Array.from({ length: Math.floor(count / size) }, (_, i) => order.slice(i * size, (i + 1) * size));
  const together = Math.min(accumulate, batches.length);
  return Array.from({ length: Math.floor(batches.length / together) }, (_, i) =>
    batches.slice(i * together, (i + 1) * together),
  );
}
