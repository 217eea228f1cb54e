import type { ItemLogits } from '../labels/item-logits.ts';
import { sameClasses } from './mean-logits.ts';
import { highestOfRow, softmaxRows } from './probabilities.ts';

export interface Predicted {
  readonly classes: readonly string[];
  readonly photos: readonly string[];
  /** Probabilities, photo by photo, class by class within it. */
  readonly scores: Float64Array;
  /** Photos that a model has no logits of. */
  readonly without: readonly string[];
}

export interface PredictionRequest {
  /** One map a model. */
  readonly models: readonly ReadonlyMap<string, ItemLogits>[];
  readonly photos: readonly string[];
  readonly temperature: number;
}

/** Softmax of the mean of the models' logits, divided by the temperature, of each photo that all of them have seen. */
export function predictPhotos({ models, photos, temperature }: PredictionRequest): Predicted {
  const seen = photos.filter((photo) => models.every((model) => model.has(photo)));
  const opinions = seen.map((photo) => models.map((model) => (model.get(photo) as ItemLogits).logits));
  const classes =
    opinions.length === 0 ? [] : sameClasses(opinions.flat().map((logits) => ({ classes: Object.keys(logits) })));
  const scores = new Float64Array(seen.length * classes.length);
  opinions.forEach((logitsOfModels, row) => {
    classes.forEach((name, column) => {
      const sum = logitsOfModels.reduce((total, logits) => total + (logits[name] as number), 0);
      scores[row * classes.length + column] = sum / models.length;
    });
  });
  softmaxRows(scores, classes.length, { temperature, into: scores });
  const without = photos.filter((photo) => !models.every((model) => model.has(photo)));
  return { classes, photos: seen, scores, without };
}

export interface Prediction {
  readonly image_name: string;
  readonly category: string;
  /** The probability of the category, rounded to 5 digits. */
  readonly score: number;
}

/** The contest's form: the likeliest class of each photo, in byte order of the photos' names. */
export function predictionsOf({ classes, photos, scores }: Predicted): Prediction[] {
  const predictions = photos.map((photo, row) => {
    const best = highestOfRow(scores, classes.length, row);
    const score = Number((scores[row * classes.length + best] as number).toFixed(5));
    return { image_name: photo, category: classes[best] as string, score };
  });
  return predictions.sort((one, other) => Buffer.compare(Buffer.from(one.image_name), Buffer.from(other.image_name)));
}
