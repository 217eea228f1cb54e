import type { ScoreTable } from './probabilities.ts';

export interface DoubtfulLabel {
  /** The sample's place. */
  readonly row: number;
  /** The place of the class that is likelier than the label. */
  readonly likelier: number;
  /** How much surer the models are of that class than of the label, natural logarithm; above 0. */
  readonly score: number;
}

/**
 * Labels that are probably wrong, the worst first, from probabilities that were given without knowing them.
 *
 * Confident learning (Northcutt, Jiang, Chuang 2021): a probability of a class is measured by the mean that the photos
 * of this label get for it, so that a class of which models are never sure loses no photo for that alone. A label is
 * doubtful where another class exceeds its measure by more than the label does; the ratio of the two ranks them.
 * A class without a label is no candidate: there is nothing to measure it by.
 */
export function findDoubtfulLabels({ classes, scores }: ScoreTable, labels: Int32Array): DoubtfulLabel[] {
  const measures = measuresOf({ classes, scores }, labels);
  const doubtful: DoubtfulLabel[] = [];
  for (const [row, label] of labels.entries()) {
    const sure = measures.map(
      (measure, place) => logarithmOf(scores[row * classes.length + place] as number) - Math.log(measure),
    );
    const others = sure.map((value, place) =>
      place === label || Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value,
    );
    const likelier = others.indexOf(Math.max(...others));
    const score = (others[likelier] as number) - (sure[label] as number);
    if (score > 0) doubtful.push({ row, likelier, score });
  }
  return doubtful.sort((one, other) => other.score - one.score || one.row - other.row);
}

/** By class: the mean probability of it that its own samples get; NaN where it has none. */
function measuresOf({ classes, scores }: ScoreTable, labels: Int32Array): number[] {
  const sums = classes.map(() => 0);
  const counts = classes.map(() => 0);
  for (const [row, label] of labels.entries()) {
    sums[label] = (sums[label] as number) + (scores[row * classes.length + label] as number);
    counts[label] = (counts[label] as number) + 1;
  }
  return sums.map((sum, place) => sum / (counts[place] as number));
}

/** A probability of 0 counts as 1e-15, as in the log loss. */
function logarithmOf(probability: number): number {
  return Math.log(Math.max(1e-15, probability));
}
