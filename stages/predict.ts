import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { file, type InputItem, itemsWithSkips, type Json, list, optional, stage } from '../engine/stage.ts';
import type { Prediction } from '../vision/metrics/predict-photos.ts';
import type { PredictedPhoto } from '../vision/pages/predictions-page.ts';

/** A report shows at most so many photos: the wrong and the least sure ones first. */
const mostPictures = 400;

/**
 * Predicts photos: the mean of the chosen models' logits, divided by the calibration's temperature, through a softmax.
 * Where labels are known it scores itself by them; the report shows the photos.
 */
export default stage({
  params: z.strictObject({}),
  inputs: { choice: file, calibration: file, logits: list, photos: itemsWithSkips, labels: optional(file) },
  outputs: { predictions: file, score: optional(file), report: file },

  async facts() {
    const { imageFacts } = await import('../vision/images/facts.ts');
    return imageFacts();
  },

  async run({ inputs, outputs, log, progress }) {
    const { readItemLogits } = await import('../vision/labels/item-logits.ts');
    const { readKnownLabels } = await import('../vision/labels/known-labels.ts');
    const { predictionsOf, predictPhotos } = await import('../vision/metrics/predict-photos.ts');
    const { scorePhotos } = await import('../vision/metrics/score-photos.ts');
    const { renderPredictions } = await import('../vision/pages/predictions-page.ts');

    const choice = JSON.parse(await readFile(inputs.choice, 'utf8')) as Matrix[];
    const members = inputs.logits.map(({ matrix }) => nameOf(matrix));
    checkMembers(members, choice.map(nameOf));
    const models = await Promise.all(inputs.logits.map(({ path }) => readItemLogits(path)));
    const { temperature } = JSON.parse(await readFile(inputs.calibration, 'utf8')) as { temperature: number };
    const photos = inputs.photos.items.map(({ id }) => id);
    const predicted = predictPhotos({ models, photos, temperature });
    const predictions = predictionsOf(predicted);
    await writeFile(outputs.predictions, `${JSON.stringify(predictions, null, 1)}\n`);

    const known = inputs.labels === undefined ? undefined : await readKnownLabels(inputs.labels);
    const score = known && scorePhotos(predicted, known);
    if (score) {
      await writeFile(outputs.score, `${JSON.stringify(score, null, 2)}\n`);
      log(`mAP ${score.mAP.toFixed(4)}, accuracy ${score.accuracy.toFixed(4)} on ${score.photos} labelled photos`);
    }
    const skipped = new Set(inputs.photos.skipped.map(({ id }) => id));
    const leftOut = [
      ...inputs.photos.skipped.map(({ id, reason }) => ({ photo: id, reason })),
      ...predicted.without.map((photo) => ({ photo, reason: 'a model has no logits of it' })),
      ...(score?.notPredicted ?? [])
        .filter((photo) => !predicted.without.includes(photo) && !skipped.has(photo))
        .map((photo) => ({ photo, reason: 'it has a label, but is not among the photos' })),
      ...(score?.unknownLabels ?? []).map((photo) => ({
        photo,
        reason: `predicted, not scored: its label '${known?.get(photo)}' is no class of the models`,
      })),
    ];
    for (const { photo, reason } of leftOut) log(`warning: ${photo}: ${reason}`);

    const shown = worthShowing(predictions, known).slice(0, mostPictures);
    const paths = new Map(inputs.photos.items.map((item) => [item.id, item]));
    const pictures: PredictedPhoto[] = [];
    for (const prediction of shown) {
      const label = known?.get(prediction.image_name);
      pictures.push(await picture(prediction, { item: paths.get(prediction.image_name) as InputItem, label }));
      progress({ done: pictures.length, total: shown.length, unit: 'picture' });
    }
    const notShown = predictions.length - shown.length;
    const report = { photos: pictures, members, leftOut, notShown, ...(score ? { score } : {}) };
    await writeFile(outputs.report, renderPredictions(report));
  },
});

type Matrix = Readonly<Record<string, Json>>;

/** As the command line writes it: `folds@3`. */
function nameOf({ round, ...matrix }: Matrix): string {
  return [round, ...Object.values(matrix)].join('@');
}

function checkMembers(members: readonly string[], chosen: readonly string[]): void {
  if (chosen.length === 0) throw new Error('The choice names no model, so that nothing can be predicted.');
  if (members.toSorted().join() === chosen.toSorted().join()) return;
  throw new Error(`The choice is ${chosen.join(', ')}, the logits are of ${members.join(', ') || 'no model'}.`);
}

function worthShowing(predictions: readonly Prediction[], known?: ReadonlyMap<string, string>): Prediction[] {
  const isWrong = ({ image_name, category }: Prediction): boolean => (known?.get(image_name) ?? category) !== category;
  return predictions.toSorted((one, other) => +isWrong(other) - +isWrong(one) || one.score - other.score);
}

async function picture(
  { image_name: photo, category, score }: Prediction,
  { item, label }: { item: InputItem; label: string | undefined },
): Promise<PredictedPhoto> {
  const { openPixels } = await import('../vision/images/open.ts');
  const { thumbnailUri } = await import('../vision/images/encode.ts');
  const pixels = await openPixels({ source: item.path, size: { longest: 160 } });
  return { photo, category, score, picture: await thumbnailUri(pixels), ...(label === undefined ? {} : { label }) };
}
