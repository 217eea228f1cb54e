import type { ScoreTable } from './probabilities.ts';

/**
 * Average precision of one class in PASCAL VOC's definition since 2010: the area under the precision-recall curve,
 * where the precision at a recall is the best that is reached at this recall or a higher one.
 *
 * Equal scores are one step of the curve, so that the order of the samples never counts. Changes both arrays: they are
 * sorted natively, apart, and merged, which is several times faster than sorting places by their scores.
 * NaN where there is no positive.
 */
export function averagePrecisionOf(positives: Float64Array, negatives: Float64Array): number {
  positives.sort();
  negatives.sort();
  const total = positives.length;
  if (total === 0) return Number.NaN;
  // From the lowest score up, so that the best precision so far is the one at this recall or a higher one.
  let best = 0;
  let area = 0;
  let below = 0;
  for (let first = 0; first < total; ) {
    const score = positives[first] as number;
    while (below < negatives.length && (negatives[below] as number) < score) below++;
    let next = first + 1;
    while (next < total && positives[next] === score) next++;
    const found = total - first;
    best = Math.max(best, found / (found + negatives.length - below));
    area += ((next - first) / total) * best;
    first = next;
  }
  return area;
}

export interface MeanAveragePrecision {
  /** Over the classes that have a positive; NaN where none has. */
  readonly mAP: number;
  readonly perClass: Readonly<Record<string, number>>;
  /** Classes without a positive: nothing can be said about them. */
  readonly leftOut: readonly string[];
}

/** `labels` holds the place of each sample's class in `classes`. */
export function meanAveragePrecision({ classes, scores }: ScoreTable, labels: Int32Array): MeanAveragePrecision {
  const perClass: Record<string, number> = {};
  const leftOut: string[] = [];
  let sum = 0;
  classes.forEach((name, place) => {
    const precision = precisionOfClass({ scores, classes: classes.length, place, labels });
    if (Number.isNaN(precision)) leftOut.push(name);
    else {
      perClass[name] = precision;
      sum += precision;
    }
  });
  return { mAP: sum / (classes.length - leftOut.length), perClass, leftOut };
}

interface ClassScores {
  readonly scores: Float64Array;
  /** How many classes a row has. */
  readonly classes: number;
  readonly place: number;
  readonly labels: Int32Array;
}

function precisionOfClass({ scores, classes, place, labels }: ClassScores): number {
  let count = 0;
  for (const label of labels) if (label === place) count++;
  const positives = new Float64Array(count);
  const negatives = new Float64Array(labels.length - count);
  let filled = 0;
  for (let row = 0; row < labels.length; row++) {
    const score = scores[row * classes + place] as number;
    if (labels[row] === place) positives[filled++] = score;
    else negatives[row - filled] = score;
  }
  return averagePrecisionOf(positives, negatives);
}
