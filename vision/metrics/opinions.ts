import type { Label } from '../labels/labels.ts';
import type { Logits } from '../labels/logits.ts';
import type { Place } from '../labels/split.ts';
import { logLossOf } from './agreement.ts';
import { meanLogits } from './mean-logits.ts';
import { softmaxRows } from './probabilities.ts';
import type { Opinion, Opinions } from './proposing.ts';

/**
 * What the models of a split's folds think of photos that they were not trained on: of a fold's photos its own model,
 * of a photo on the board the mean of all. Throws where the logits are of another split.
 */
export function gatherOpinions(models: readonly Logits[], split: readonly Place[]): Opinions {
  const [ofFold, ofBoard] = [meanLogits(models, 'oof'), meanLogits(models, 'board')];
  const { classes } = ofFold;
  const places = new Map(split.map((place) => [place.photo, place]));
  const of = new Map<string, Opinion>();
  for (const [part, { means }] of [
    ['fold', ofFold],
    ['board', ofBoard],
  ] as const) {
    for (const [photo, logits] of means) {
      const place = places.get(photo);
      if (place?.part !== part) throw new Error(`The logits of '${photo}' were made with another split.`);
      const from = place.part === 'fold' ? `the model of fold ${place.fold}` : `the mean of ${models.length} models`;
      of.set(photo, { scores: softmaxRows(logits, classes.length), from });
    }
  }
  return { classes, of };
}

/** Of several opinions the one that tells the labels best: with the smallest log loss over the photos that all of them judge. */
export function chooseOpinions(labels: readonly Label[], candidates: readonly [Opinions, ...Opinions[]]): Opinions {
  const common = labels.filter(({ photo }) => candidates.every(({ of }) => of.has(photo)));
  const lossOf = ({ classes, of }: Opinions): number => {
    const scores = Float64Array.from(common.flatMap(({ photo }) => [...(of.get(photo) as Opinion).scores]));
    return logLossOf(
      { classes, scores },
      Int32Array.from(common, ({ label }) => classes.indexOf(label)),
    );
  };
  return candidates.reduce((best, other) => (lossOf(other) < lossOf(best) ? other : best));
}
