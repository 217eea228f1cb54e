import { z } from 'zod';
import { file, stage } from '../engine/stage.ts';
import type { Label } from '../vision/labels/labels.ts';
import type { Place } from '../vision/labels/split.ts';

/**
 * Places each photo on the board, which no model trains on, or in the fold that one model is validated on.
 * The place comes from seed, class and the duplicate group's seat alone: see `placeOf` for what that guarantees.
 */
export default stage({
  params: z.strictObject({
    folds: z.array(z.int().nonnegative()).min(2, 'Name at least two folds; one leaves nothing to train on.'),
    board: z.number().gt(0).lt(1).describe('The share of each class that goes to the board'),
    seed: z.int(),
  }),
  inputs: { labels: file, groups: file },
  outputs: { out: file },

  async run({ params, inputs, outputs, log }) {
    const { readGroups } = await import('../vision/labels/groups.ts');
    const { classesOf, readLabels } = await import('../vision/labels/labels.ts');
    const { placeOf } = await import('../vision/labels/placing.ts');
    const { writeSplit } = await import('../vision/labels/split.ts');

    const labels = await readLabels(inputs.labels);
    const seats = new Map((await readGroups(inputs.groups)).map(({ photo, seat }) => [photo, seat]));
    const classes = classesOf(labels);
    for (const name of classes) checkEnough({ name, labels, folds: params.folds.length });

    const places = labels.map(({ photo, label }) => {
      const seat = seats.get(photo);
      if (seat === undefined)
        throw new Error(`Photo '${photo}' has a label and no group; both come from the same photos.`);
      return placeOf({ photo, label, seat }, params);
    });
    await writeSplit(outputs.out, places);
    for (const name of classes) {
      const counts = countsOf(
        places.filter((_, row) => labels[row]?.label === name),
        params.folds,
      );
      log(`${name}: ${counts.map(([where, count]) => `${where} ${count}`).join(', ')}`);
      for (const [where, count] of counts) {
        if (count === 0) log(`warning: ${where} has no photo of class '${name}'; another seed may place one there`);
      }
    }
  },
});

function checkEnough({ name, labels, folds }: { name: string; labels: readonly Label[]; folds: number }): void {
  const count = labels.filter(({ label }) => label === name).length;
  if (count >= folds) return;
  throw new Error(
    `Class '${name}' has ${count} photos, fewer than the ${folds} folds: add photos of it, or name fewer folds.`,
  );
}

function countsOf(places: readonly Place[], folds: readonly number[]): [where: string, count: number][] {
  const board = places.filter(({ part }) => part === 'board').length;
  return [
    ['board', board],
    ...folds.map((fold): [string, number] => [
      `fold ${fold}`,
      places.filter((place) => place.part === 'fold' && place.fold === fold).length,
    ]),
  ];
}
