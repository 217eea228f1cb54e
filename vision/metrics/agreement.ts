import { highestOfRow, type ScoreTable, softmaxRows } from './probabilities.ts';

/** The share of samples whose highest score is their label's. */
export function accuracyOf({ classes, scores }: ScoreTable, labels: Int32Array): number {
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    if (highestOfRow(scores, classes.length, row) === labels[row]) right++;
  }
  return right / labels.length;
}

/** How many samples of each class (row) were given which (column). */
export function confusionOf({ classes, scores }: ScoreTable, labels: Int32Array): number[][] {
  const counts = classes.map(() => classes.map(() => 0));
  for (let row = 0; row < labels.length; row++) {
    const given = counts[labels[row] as number] as number[];
    const column = highestOfRow(scores, classes.length, row);
    given[column] = (given[column] as number) + 1;
  }
  return counts;
}

/** Mean negative logarithm (natural) of the labels' probabilities; a probability of 0 counts as 1e-15. */
export function logLossOf(table: ScoreTable, labels: Int32Array): number {
  return sumOfLogLosses(table, labels) / labels.length;
}

function sumOfLogLosses({ classes, scores }: ScoreTable, labels: Int32Array): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    sum -= Math.log(Math.max(1e-15, scores[row * classes.length + (labels[row] as number)] as number));
  }
  return sum;
}

/**
 * Expected calibration error: by how much confidence and accuracy differ, weighted over ten equal bins of confidence
 * (Guo et al. 2017, "On Calibration of Modern Neural Networks").
 */
export function calibrationErrorOf({ classes, scores }: ScoreTable, labels: Int32Array): number {
  const gaps = new Float64Array(10);
  for (let row = 0; row < labels.length; row++) {
    const given = highestOfRow(scores, classes.length, row);
    const confidence = scores[row * classes.length + given] as number;
    const bin = Math.min(9, Math.floor(confidence * 10));
    gaps[bin] = (gaps[bin] as number) + confidence - (given === labels[row] ? 1 : 0);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / labels.length;
}

/**
 * How far from 1 a temperature is before a photo is seen: the standard deviation of its natural logarithm. By
 * cross-validation on real photos (docs/adr/0024-temperature.md), where 0.3 to 0.5 did best on boards of 11 and 17 photos.
 */
const expectedDeviation = 0.4;

/** Ends of the search. No board comes near: so far out, what is believed beforehand costs 28. */
const [coolest, hottest] = [0.05, 20];

/**
 * The temperature T that makes softmax(logits / T) the likeliest, given that ln T is normally distributed around 0
 * (maximum a posteriori).
 *
 * Log loss alone asks for the coolest T there is where a dozen photos are all told right; scores then become 0 or 1, of
 * which many are equal, and no longer rank photos. A hundred photos outweigh what is believed beforehand.
 */
export function fitTemperature({ classes, scores: logits }: ScoreTable, labels: Int32Array): number {
  const scores = new Float64Array(logits.length);
  const unlikeliness = (logarithm: number): number => {
    softmaxRows(logits, classes.length, { temperature: Math.exp(logarithm), into: scores });
    return sumOfLogLosses({ classes, scores }, labels) + (logarithm / expectedDeviation) ** 2 / 2;
  };
  const ratio = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(coolest);
  let high = Math.log(hottest);
  for (let step = 0; step < 40; step++) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    if (unlikeliness(left) <= unlikeliness(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}
