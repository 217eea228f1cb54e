import { logLossOf } from './agreement.ts';
import { meanAveragePrecision } from './average-precision.ts';
import { softmaxRows } from './probabilities.ts';

/** Models' logits of the same samples, in the same order. */
export interface Candidates {
  readonly classes: readonly string[];
  /** One a model; each sample by sample, class by class within it. */
  readonly logits: readonly Float64Array[];
  /** The place of each sample's class in `classes`. */
  readonly labels: Int32Array;
}

/** A set of models, by their places, and what the mean of their logits is worth. */
export interface ScoredChoice {
  readonly members: readonly number[];
  readonly mAP: number;
  readonly logLoss: number;
}

/** Beyond this many choices an answer takes minutes, and the best of so many is found by luck. */
const mostChoices = 1_000_000;

/**
 * Scores every choice of `atLeast` to `atMost` models, the best first: by mAP, ties to fewer members, then to the
 * smaller log loss, then to the models that were named first. Sums are shared by the choices that begin alike.
 */
export function scoreChoices(
  { classes, logits, labels }: Candidates,
  { atLeast, atMost }: { readonly atLeast: number; readonly atMost: number },
): ScoredChoice[] {
  checkCount({ models: logits.length, atLeast, atMost });
  const scored: ScoredChoice[] = [];
  const scores = new Float64Array(labels.length * classes.length);
  const extend = (members: readonly number[], sum: Float64Array): void => {
    if (members.length >= atLeast) {
      probabilitiesOf(sum, { count: members.length, classes: classes.length, into: scores });
      const { mAP } = meanAveragePrecision({ classes, scores }, labels);
      scored.push({ members, mAP, logLoss: logLossOf({ classes, scores }, labels) });
    }
    if (members.length === atMost) return;
    for (let next = (members.at(-1) ?? -1) + 1; next < logits.length; next++) {
      extend([...members, next], added(sum, logits[next] as Float64Array));
    }
  };
  extend([], new Float64Array(scores.length));
  return scored.sort(byWorth);
}

function checkCount({ models, atLeast, atMost }: { models: number; atLeast: number; atMost: number }): void {
  let choices = 0;
  let ofThisSize = 1;
  for (let size = 1; size <= Math.min(atMost, models); size++) {
    ofThisSize *= (models - size + 1) / size;
    if (size >= atLeast) choices += ofThisSize;
  }
  if (choices < 1) throw new Error(`There are ${models} models, so that no choice of at least ${atLeast} can be made.`);
  if (choices > mostChoices) {
    throw new Error(
      `${models} models leave ${Math.round(choices)} choices; at most ${mostChoices} are scored: lower atMost.`,
    );
  }
}

function added(sum: Float64Array, more: Float64Array): Float64Array<ArrayBuffer> {
  const total = new Float64Array(sum.length);
  for (let place = 0; place < total.length; place++) total[place] = (sum[place] as number) + (more[place] as number);
  return total;
}

/** The probabilities that a choice gives, written into `into`: the softmax of the mean of its members' logits. */
export function scoresOfChoice(
  { classes, logits }: Candidates,
  members: readonly number[],
  into: Float64Array,
): Float64Array {
  let sum = new Float64Array(into.length);
  for (const member of members) sum = added(sum, logits[member] as Float64Array);
  return probabilitiesOf(sum, { count: members.length, classes: classes.length, into });
}

function probabilitiesOf(
  sum: Float64Array,
  { count, classes, into }: { readonly count: number; readonly classes: number; readonly into: Float64Array },
): Float64Array {
  for (let place = 0; place < sum.length; place++) into[place] = (sum[place] as number) / count;
  return softmaxRows(into, classes, { into });
}

/** Differences below this are rounding and count as ties. */
const tie = 1e-12;

function byWorth(one: ScoredChoice, other: ScoredChoice): number {
  if (Math.abs(one.mAP - other.mAP) > tie) return other.mAP - one.mAP;
  return one.members.length - other.members.length || one.logLoss - other.logLoss;
}
