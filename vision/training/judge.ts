import type { Tensor } from '@tensorflow/tfjs';
import { accuracyOf } from '../metrics/agreement.ts';
import { meanAveragePrecision } from '../metrics/average-precision.ts';
import { softmaxRows } from '../metrics/probabilities.ts';
import type { Network } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { forwardRows } from './batches.ts';
import { type Example, placesOf } from './examples.ts';
import type { EpochFigures } from './history.ts';
import type { LearningInputs } from './inputs.ts';
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
  for (const reading of readings)
    for (let start = 0; start < examples.length; start += judgedBatch) {
      const places = Array.from({ length: Math.min(judgedBatch, examples.length - start) }, (_, i) => start + i);
      const rows = await Promise.all(places.map((place) => inputs.read(place, reading)));
      const forward = (given: Tensor): Tensor => network.forwardRest(given, { training: false });
      const results = await forwardRows({ tf, batch: judgedBatch, forward, signal }, { shape: inputs.shape, rows });
      results.rows.forEach((row, i) => {
        row.forEach((logit, column) => {
          const place = (start + i) * network.classes + column;
          logits[place] = (logits[place] as number) + logit / readings.length;
        });
      });
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
