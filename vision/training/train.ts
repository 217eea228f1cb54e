import { setImmediate } from 'node:timers/promises';
import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { Network, Pass, StateDict } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { stackRows } from './batches.ts';
import type { CheckpointFile } from './checkpoint.ts';
import type { Example, FoldExamples } from './examples.ts';
import { fitHead } from './head.ts';
import { bestOf, type EpochRecord, hasStopped } from './history.ts';
import type { LearningInputs } from './inputs.ts';
import { inferExamples, judgeLogits } from './judge.ts';
import { softCrossEntropy } from './loss.ts';
import { createOptimiser } from './optimiser.ts';
import { seedRandom, shuffle } from './random.ts';
import type { Recipe } from './recipe.ts';
import { learningRate } from './schedule.ts';

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

/** Trains until `epochs` or patience end it, going on from the checkpoint's epoch where there is one. */
export async function trainNetwork(request: TrainRequest): Promise<readonly EpochRecord[]> {
  const { tf, network, classes, examples, inputs, recipe, checkpoint, report, signal } = request;
  const optimiser = createOptimiser(tf, network.trainable);
  const started = await checkpoint.resume(network, optimiser, recipe.epochs);
  const history: EpochRecord[] = [...started.history];
  let best: StateDict | undefined = started.best;
  if (history.length === 0 && recipe.headStart === 'fitted') {
    const readings = recipe.freeze > 0 ? recipe.variants : 1;
    await fitHead({ tf, network, examples: examples.train, inputs: inputs.train, readings, signal });
    optimiser.restart();
  }

  while (history.length < recipe.epochs && !hasStopped(history, recipe.patience)) {
    const epoch = history.length;
    const lr = learningRate(recipe.lr, epoch, recipe.restart);
    const headLr = learningRate(recipe.headLr ?? recipe.lr, epoch, recipe.restart);
    const batches = drawBatches(examples.train.length, recipe.batch, [request.seed, epoch]);
    let loss = 0;
    for (const [step, batch] of batches.entries()) {
      signal.throwIfAborted();
      const rows = await Promise.all(batch.map((place) => inputs.train.read(place, epoch)));
      const targets = batch.map((place) => (examples.train[place] as Example).target);
      const random = seedRandom('step', request.seed, epoch, step);
      const pass: Pass = { training: true, statistics: recipe.statistics, random };
      loss += tf.tidy(() => {
        const given = stackRows(tf, { shape: inputs.train.shape, rows });
        const wanted: Tensor2D = tf.tensor2d(targets as number[][]);
        const lossOf = (): Scalar => softCrossEntropy(tf, wanted, network.forwardRest(given, pass));
        const { value, grads } = tf.variableGrads(lossOf, [...network.trainable.values()]);
        optimiser.step(grads, (name) => (name.startsWith('_fc.') ? headLr : lr));
        return value.dataSync()[0] as number;
      });
      report(epoch + (step + 1) / batches.length, history);
      await setImmediate();
    }
    const logits = await inferExamples({
      tf,
      network,
      inputs: inputs.validation,
      examples: examples.validation,
      signal,
    });
    const validation = judgeLogits(logits, examples.validation, classes);
    history.push({ epoch, lr, loss: loss / batches.length, validation });
    if (bestOf(history, recipe.saveFrom)?.epoch === epoch) best = network.state();
    await checkpoint.save({ network, optimiser, history, best });
    report(epoch + 1, history);
  }
  // Without an epoch that may be the best (fewer than saveFrom) the last one is the model.
  if (best) network.load(best);
  return history;
}

/** Whole batches of the places 0 to count - 1 in a random order; a rest is left for other epochs, as batch norm needs company. */
function drawBatches(count: number, batch: number, seed: readonly (string | number)[]): number[][] {
  const size = Math.min(batch, count);
  const order = shuffle(
    seedRandom('order', ...seed),
    Array.from({ length: count }, (_, place) => place),
  );
  return Array.from({ length: Math.floor(count / size) }, (_, i) => order.slice(i * size, (i + 1) * size));
}
