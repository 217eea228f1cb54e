import type { Tensor } from '@tensorflow/tfjs';
import { accuracyOf } from '../metrics/agreement.ts';
import { meanAveragePrecision } from '../metrics/average-precision.ts';
import { softmaxRows } from '../metrics/probabilities.ts';
import type { Network } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { forwardRows } from './batches.ts';
import { type Example, placesOf } from './examples.ts';
import type { EpochFigures } from './history.ts';
import { type LearningInputs, readBatches } from './inputs.ts';
import { meanCrossEntropy } from './loss.ts';

export interface JudgeRequest {
  readonly tf: Tensorflow;
  readonly network: Network;
  readonly inputs: LearningInputs;
  readonly examples: readonly Example[];
  /** Whether logits are means over a photo and its mirror image. */
  readonly flips: boolean;
  readonly signal: AbortSignal;
}

/** How many examples are inferred at once. */
const judgedBatch = 16;

/** The network's logits of examples, photo by photo, class by class within it. */
export async function inferExamples({
  tf,
  network,
  inputs,
  examples,
  flips,
  signal,
}: JudgeRequest): Promise<Float64Array> {
  const logits = new Float64Array(examples.length * network.classes);
  const readings = flips ? [0, 1] : [0];
  for (const epoch of readings) {
    let start = 0;
    for await (const rows of readBatches({ inputs, epoch, count: examples.length, batch: judgedBatch })) {
      const forward = (given: Tensor): Tensor => network.forwardRest(given, { training: false });
      const results = await forwardRows({ tf, batch: judgedBatch, forward, signal }, rows);
      for (const value of results.rows.flatMap((row) => [...row])) {
        logits[start] = (logits[start] as number) + value / readings.length;
        start++;
      }
    }
  }
  return logits;
}

/** The figures of one epoch on the fold's own photos; a soft label counts as its most probable class for mAP. */
export function judgeLogits(
  logits: Float64Array,
  examples: readonly Example[],
  classes: readonly string[],
): EpochFigures {
  const labels = placesOf(examples);
  const targets = Float64Array.from(examples.flatMap(({ target }) => target));
  const scores = { classes, scores: softmaxRows(logits, classes.length) };
  return {
    loss: meanCrossEntropy(targets, logits, classes.length),
    mAP: meanAveragePrecision(scores, labels).mAP,
    accuracy: accuracyOf(scores, labels),
  };
}
