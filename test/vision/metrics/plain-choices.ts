/** Choices scored as the definition says, a choice by itself: what the quick way has to agree with. */
import type { Candidates, ScoredChoice } from '../../../vision/metrics/choices.ts';

const classes = ['a', 'b', 'c', 'd'];

/** Models that are right more or less often, some of them alike. */
export function drawCandidates(
  random: () => number,
  { photos, models }: { readonly photos: number; readonly models: number },
): Candidates {
  const labels = Int32Array.from({ length: photos }, () => Math.floor(random() * classes.length));
  const logits = Array.from({ length: models }, (_, model) =>
    Float64Array.from({ length: photos * classes.length }, (_, place) => {
      const signal = labels[Math.floor(place / classes.length)] === place % classes.length ? 1 + model / models : 0;
      return signal + 3 * (random() + random() - 1);
    }),
  );
  return { classes, labels, logits };
}

interface Sizes {
  readonly atLeast: number;
  readonly atMost: number;
}

export function plainlyScored(candidates: Candidates, { atLeast, atMost }: Sizes): ScoredChoice[] {
  const subsets: number[][] = [];
  for (let bits = 1; bits < 2 ** candidates.logits.length; bits++) {
    const members = candidates.logits.map((_, model) => model).filter((model) => (bits >> model) & 1);
    if (members.length >= atLeast && members.length <= atMost) subsets.push(members);
  }
  return subsets.map((members) => scored(candidates, members));
}

function scored({ classes: names, labels, logits }: Candidates, members: readonly number[]): ScoredChoice {
  const width = names.length;
  const rows = Array.from(labels, (label, row) => {
    const means = names.map((_, c) => {
      const sum = members.reduce(
        (total, model) => total + ((logits[model] as Float64Array)[row * width + c] as number),
        0,
      );
      return sum / members.length;
    });
    const powers = means.map((mean) => Math.exp(mean - Math.max(...means)));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return { label, probabilities: powers.map((power) => power / total) };
  });
  const logLoss = rows.reduce((sum, { label, probabilities }) => sum - Math.log(probabilities[label] as number), 0);
  const precisions = names.map((_, c) => {
    const sorted = rows
      .map(({ label, probabilities }) => ({ positive: label === c, score: probabilities[c] as number }))
      .sort((one, other) => other.score - one.score);
    const total = sorted.filter(({ positive }) => positive).length;
    let found = 0;
    const points = sorted.map(({ positive }, rank) => {
      if (positive) found++;
      return { recall: found / total, precision: found / (rank + 1) };
    });
    let best = 0;
    let area = 0;
    for (let rank = points.length - 1; rank >= 0; rank--) {
      const { recall, precision } = points[rank] as (typeof points)[number];
      best = Math.max(best, precision);
      area += (recall - (points[rank - 1]?.recall ?? 0)) * best;
    }
    return area;
  });
  return { members, mAP: precisions.reduce((sum, one) => sum + one, 0) / width, logLoss: logLoss / labels.length };
}
