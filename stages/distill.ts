import { z } from 'zod';
import { file, list, stage } from '../engine/stage.ts';

/**
 * Softens labels by what the models of the other folds think: `hard` times the label, `soft` times the softmax of the
 * out-of-fold logits (of their mean where a photo has several).
 *
 * Board photos keep their label: no model trains on them, and out-of-fold predictions of them do not exist.
 */
export default stage({
  params: z
    .strictObject({ hard: z.number().min(0).max(1), soft: z.number().min(0).max(1) })
    .refine(({ hard, soft }) => Math.abs(hard + soft - 1) < 1e-9, '`hard` and `soft` must add up to 1.'),
  inputs: { logits: list, labels: file },
  outputs: { out: file },

  async run({ params: { hard, soft }, inputs, outputs, log }) {
    const { readLabels, writeSoftLabels } = await import('../vision/labels/labels.ts');
    const { readLogits } = await import('../vision/labels/logits.ts');
    const { meanLogits } = await import('../vision/metrics/mean-logits.ts');
    const { softmaxRows } = await import('../vision/metrics/probabilities.ts');

    const models = await Promise.all(inputs.logits.map(({ path }) => readLogits(path)));
    const { classes, means } = meanLogits(models, 'oof');
    const onBoard = new Set(models.flatMap(({ photos, parts }) => photos.filter((_, row) => parts[row] === 'board')));
    const unseen: string[] = [];
    const rows = (await readLabels(inputs.labels)).map(({ photo, label, turn }) => {
      const place = classes.indexOf(label);
      if (place < 0) throw new Error(`Photo '${photo}' is of class '${label}', which the models do not know.`);
      const mean = means.get(photo);
      if (!mean && !onBoard.has(photo)) unseen.push(photo);
      const opinion = mean && softmaxRows(mean, classes.length);
      const probabilities = classes.map((_, column) => {
        const certain = column === place ? 1 : 0;
        return opinion ? hard * certain + soft * (opinion[column] as number) : certain;
      });
      return { photo, turn, probabilities };
    });
    if (unseen.length > 0) log(`warning: no out-of-fold logits, so the label stays as it is: ${unseen.join(', ')}`);
    await writeSoftLabels(outputs.out, { classes, rows });
    log(`${means.size} labels softened, ${rows.length - means.size} left as they are`);
  },
});
