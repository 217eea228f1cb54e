import { calibrationErrorOf, fitTemperature, logLossOf } from './agreement.ts';
import { meanAveragePrecision } from './average-precision.ts';
import type { Candidates } from './choices.ts';
import { softmaxRows } from './probabilities.ts';

export interface Calibration {
  /** What the mean logits are divided by before the softmax. */
  readonly temperature: number;
  /** Of the scores as they are given out: with the temperature. */
  readonly mAP: number;
  readonly logLoss: number;
  readonly calibrationError: number;
  /** The same without the temperature, for comparison. */
  readonly uncalibrated: { readonly mAP: number; readonly logLoss: number; readonly calibrationError: number };
  readonly photos: number;
  /** Classes without a photo among them, which the mAP says nothing about. */
  readonly leftOut: readonly string[];
}

/** Fits the temperature of the mean of these models' logits, and says what it changes. */
export function calibrate({ classes, logits, labels }: Candidates): Calibration {
  const mean = new Float64Array(labels.length * classes.length);
  for (const values of logits) {
    for (let place = 0; place < mean.length; place++) {
      mean[place] = (mean[place] as number) + (values[place] as number) / logits.length;
    }
  }
  const temperature = fitTemperature({ classes, scores: mean }, labels);
  const measure = (scores: Float64Array) => ({
    mAP: meanAveragePrecision({ classes, scores }, labels).mAP,
    logLoss: logLossOf({ classes, scores }, labels),
    calibrationError: calibrationErrorOf({ classes, scores }, labels),
  });
  const { leftOut } = meanAveragePrecision({ classes, scores: mean }, labels);
  return {
    temperature,
    ...measure(softmaxRows(mean, classes.length, { temperature })),
    uncalibrated: measure(softmaxRows(mean, classes.length)),
    photos: labels.length,
    leftOut,
  };
}
