import { accuracyOf, calibrationErrorOf, confusionOf, logLossOf } from './agreement.ts';
import { meanAveragePrecision } from './average-precision.ts';
import type { Predicted } from './predict-photos.ts';

export interface Score {
  readonly mAP: number;
  readonly accuracy: number;
  readonly logLoss: number;
  readonly calibrationError: number;
  /** How many photos have both a prediction and a label. */
  readonly photos: number;
  readonly classes: readonly string[];
  /** Average precision of each class that has a photo. */
  readonly perClass: Readonly<Record<string, number>>;
  /** Rows are what is known, columns what was predicted. */
  readonly confusion: readonly (readonly number[])[];
  /** Classes without a photo: the mAP says nothing about them. */
  readonly leftOut: readonly string[];
  /** Photos with a label and without a prediction; they count nowhere. */
  readonly notPredicted: readonly string[];
  /** Photos whose label is no class of the models; they count nowhere. */
  readonly unknownLabels: readonly string[];
}

/** Compares predictions with what is known. Throws where no photo has both. */
export function scorePhotos({ classes, photos, scores }: Predicted, known: ReadonlyMap<string, string>): Score {
  const rows = photos.map((photo, row) => ({ row, place: classes.indexOf(known.get(photo) ?? '') }));
  const scored = rows.filter(({ place }) => place >= 0);
  if (scored.length === 0) {
    throw new Error(
      `None of the ${known.size} labels is of a predicted photo and of a class among ${classes.join(', ')}.`,
    );
  }
  const labels = Int32Array.from(scored, ({ place }) => place);
  const own = new Float64Array(scored.length * classes.length);
  scored.forEach(({ row }, place) => {
    own.set(scores.subarray(row * classes.length, (row + 1) * classes.length), place * classes.length);
  });
  const table = { classes, scores: own };
  const predicted = new Set(photos);
  return {
    ...meanAveragePrecision(table, labels),
    accuracy: accuracyOf(table, labels),
    logLoss: logLossOf(table, labels),
    calibrationError: calibrationErrorOf(table, labels),
    photos: scored.length,
    classes,
    confusion: confusionOf(table, labels),
    notPredicted: [...known.keys()].filter((photo) => !predicted.has(photo)),
    unknownLabels: photos.filter((photo) => known.has(photo) && !classes.includes(known.get(photo) as string)),
  };
}
