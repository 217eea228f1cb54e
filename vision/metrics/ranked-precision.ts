import type { ScoreTable } from './probabilities.ts';

/** The samples of a table, ranked once for each class, so that any weights of them are scored without sorting again. */
export type Ranked = readonly RankedClass[];

interface RankedClass {
  /** Places of the samples, the lowest score first. */
  readonly order: Uint32Array;
  /** By rank: 1 where the sample is of this class. */
  readonly positive: Uint8Array;
  /** By rank: 1 where the next sample has a higher score, so that a block of equal ones ends here. */
  readonly ends: Uint8Array;
}

/** `labels` holds the place of each sample's class in `classes`. */
export function rankSamples({ classes, scores }: ScoreTable, labels: Int32Array): Ranked {
  return classes.map((_, place) => {
    const own = Float64Array.from(labels, (_, row) => scores[row * classes.length + place] as number);
    const order = Uint32Array.from(labels.keys()).sort((one, other) => (own[one] as number) - (own[other] as number));
    const positive = Uint8Array.from(order, (row) => (labels[row] === place ? 1 : 0));
    const ends = Uint8Array.from(order, (row, rank) => (own[order[rank + 1] ?? -1] === own[row] ? 0 : 1));
    return { order, positive, ends };
  });
}

/** How often each sample counts, with sums that every use of the weights needs. */
export interface Weights {
  readonly counts: Uint16Array;
  readonly total: number;
  /** By class. */
  readonly ofClass: Float64Array;
}

export function weighSamples(counts: Uint16Array, labels: Int32Array, classes: number): Weights {
  const ofClass = new Float64Array(classes);
  for (const [row, label] of labels.entries()) ofClass[label] = (ofClass[label] as number) + (counts[row] as number);
  return { counts, total: ofClass.reduce((sum, count) => sum + count, 0), ofClass };
}

/**
 * The mean average precision where each sample counts as often as its weight says, over the classes that then have a
 * positive. Equal to that of a table in which the samples stand so many times; see `averagePrecisionOf`.
 */
export function weightedPrecision(ranked: Ranked, { counts, total, ofClass }: Weights): number {
  let sum = 0;
  let counted = 0;
  for (let place = 0; place < ranked.length; place++) {
    const positives = ofClass[place] as number;
    if (positives === 0) continue;
    sum += precisionOfClass(ranked[place] as RankedClass, { counts, total, positives });
    counted++;
  }
  return sum / counted;
}

interface ClassWeights {
  readonly counts: Uint16Array;
  readonly total: number;
  readonly positives: number;
}

function precisionOfClass({ order, positive, ends }: RankedClass, { counts, total, positives }: ClassWeights): number {
  let above = total;
  let found = positives;
  let best = 0;
  let area = 0;
  let blockFound = 0;
  let blockAll = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const weight = counts[order[rank] as number] as number;
    blockAll += weight;
    blockFound += weight * (positive[rank] as number);
    if (ends[rank] === 0) continue;
    if (blockFound > 0) {
      best = Math.max(best, found / above);
      area += blockFound * best;
    }
    above -= blockAll;
    found -= blockFound;
    blockAll = 0;
    blockFound = 0;
  }
  return area / positives;
}
