import { type Candidates, type ScoredChoice, scoresOfChoice } from './choices.ts';
import { rankSamples, type Weights, weighSamples, weightedPrecision } from './ranked-precision.ts';

/** What other boards of the same size would have said, as far as resampling this one tells. */
export interface Resampled {
  /** By choice, in the order that was given: from where to where the mAP of 95 of 100 resampled boards goes. */
  readonly intervals: readonly (readonly [low: number, high: number])[];
  /** By choice: the share of the resampled boards on which it is the best. */
  readonly wins: readonly number[];
  /** By how much the best choice's mAP is too high because it was chosen by the very board that it is scored on. */
  readonly optimism: number;
}

export interface Resampling {
  readonly resamples: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Differences below this are rounding and count as ties, which go to the choice of fewer members, then to the earlier. */
const tie = 1e-12;

/** A board that is drawn from the whole one, and the photos that it leaves out. */
interface Board {
  readonly drawn: Weights;
  readonly others: Weights;
  /** The choice that is the best of the drawn photos. */
  best: { readonly choice: number; readonly members: number; readonly mAP: number; readonly onOthers: number };
  /** Of all choices, on the photos that were left out. */
  sumOnOthers: number;
}

/**
 * Scores choices on boards that are drawn from this one with replacement, class by class, so that each keeps its size.
 * `choices` has the best one first.
 *
 * The choosing is repeated on every such board (nested), and its best choice is scored on the photos that were not
 * drawn: what it has there over the mean of all choices is true, and what the whole board's best has beyond that over
 * their mean is luck. Comparing with the mean of all takes out what a score owes to the number of photos alone, and one
 * choice has no optimism. Harrell's way, scoring each board's best on the whole board, was tried and not taken: of
 * models that are equal it finds half of the luck, since the luckiest on the whole board wins on the others, too.
 */
export function resampleChoices(
  candidates: Candidates,
  choices: readonly ScoredChoice[],
  { resamples, random }: Resampling,
): Resampled {
  const { classes, labels } = candidates;
  const boards = Array.from({ length: resamples }, () => drawBoard(labels, classes.length, random));
  const scores = new Float64Array(labels.length * classes.length);
  const intervals = choices.map(({ members }, choice): [number, number] => {
    const ranked = rankSamples({ classes, scores: scoresOfChoice(candidates, members, scores) }, labels);
    const found = Float64Array.from(boards, (board) => {
      const mAP = weightedPrecision(ranked, board.drawn);
      const onOthers = weightedPrecision(ranked, board.others);
      const { best } = board;
      const better = mAP > best.mAP + tie || (mAP > best.mAP - tie && members.length < best.members);
      if (better) board.best = { choice, members: members.length, mAP, onOthers };
      board.sumOnOthers += onOthers;
      return mAP;
    }).sort();
    return [quantileOf(found, 0.025), quantileOf(found, 0.975)];
  });
  const wins = choices.map(() => 0);
  for (const { best } of boards) wins[best.choice] = (wins[best.choice] as number) + 1 / resamples;
  const advantages = boards.map(({ best, sumOnOthers }) => best.onOthers - sumOnOthers / choices.length);
  const mean = meanOf(choices.map(({ mAP }) => mAP));
  return { intervals, wins, optimism: (choices[0]?.mAP ?? mean) - mean - meanOf(advantages.filter(Number.isFinite)) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function drawBoard(labels: Int32Array, classes: number, random: () => number): Board {
  const counts = new Uint16Array(labels.length);
  const places = new Map<number, number[]>();
  for (const [row, label] of labels.entries()) {
    const rows = places.get(label) ?? [];
    places.set(label, rows);
    rows.push(row);
  }
  for (const rows of places.values()) {
    for (let draw = 0; draw < rows.length; draw++) {
      const row = rows[Math.floor(random() * rows.length)] as number;
      counts[row] = (counts[row] as number) + 1;
    }
  }
  const best = { choice: 0, members: 0, mAP: Number.NEGATIVE_INFINITY, onOthers: 0 };
  const others = counts.map((count) => (count === 0 ? 1 : 0));
  const [drawn, rest] = [counts, others].map((own) => weighSamples(own, labels, classes)) as [Weights, Weights];
  return { drawn, others: rest, best, sumOnOthers: 0 };
}

/** Between the two sorted values that are nearest. */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below] as number, sorted[Math.ceil(place)] as number];
  return low + (high - low) * (place - below);
}
