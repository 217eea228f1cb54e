/** A score for every sample and class: sample by sample, class by class within it. */
export interface ScoreTable {
  readonly classes: readonly string[];
  /** Length: samples times classes. */
  readonly scores: Float64Array;
}

/** Softmax of each row of `classes` logits, divided by `temperature` first; written into `into`, which may be `logits`. */
export function softmaxRows(
  logits: Float64Array,
  classes: number,
  { temperature = 1, into = new Float64Array(logits.length) }: { temperature?: number; into?: Float64Array } = {},
): Float64Array {
  for (let start = 0; start < logits.length; start += classes) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) highest = Math.max(highest, logits[start + c] as number);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const value = Math.exp(((logits[start + c] as number) - highest) / temperature);
      into[start + c] = value;
      sum += value;
    }
    for (let c = 0; c < classes; c++) into[start + c] = (into[start + c] as number) / sum;
  }
  return into;
}

/** The place of the highest score of a row; the first of equal ones. */
export function highestOfRow(scores: Float64Array, classes: number, row: number): number {
  let best = 0;
  for (let c = 1; c < classes; c++) {
    if ((scores[row * classes + c] as number) > (scores[row * classes + best] as number)) best = c;
  }
  return best;
}
