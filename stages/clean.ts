import { z } from 'zod';
import { file, items, optional, stage } from '../engine/stage.ts';
import { classOfPhoto, foreseeClasses } from '../vision/labels/classes.ts';
import type { Correction } from '../vision/labels/corrections.ts';
import type { Label } from '../vision/labels/labels.ts';
import { hintAt } from '../vision/labels/nearest.ts';

/**
 * Labels the photos that stay: by the deepest folder that is named like a class, or as a person corrected it.
 * What a person says of a photo that a near duplicate replaces has no effect, and is named.
 */
export default stage({
  params: z.strictObject({
    classes: z.array(z.string().min(1)).min(2, 'Name at least two classes; one leaves nothing to tell apart.'),
    folds: z
      .array(z.int())
      .optional()
      .describe('Of each of them a class needs a photo, which is then said before a run'),
  }),
  inputs: { photos: items, groups: file, corrections: optional(file) },
  outputs: { out: file },

  foresee: ({ params: { classes, folds }, items: { photos } }) =>
    photos ? foreseeClasses(photos, classes, folds?.length) : [],

  async run({ params: { classes }, inputs, outputs, log }) {
    const { readCorrections } = await import('../vision/labels/corrections.ts');
    const { readGroups } = await import('../vision/labels/groups.ts');
    const { writeLabels } = await import('../vision/labels/labels.ts');

    const photos = new Set(inputs.photos.items.map(({ id }) => id));
    const corrections = inputs.corrections
      ? await readCorrections(inputs.corrections, { photos, classes })
      : new Map<string, Correction>();
    const labels: Label[] = [];
    const unlabelled: string[] = [];
    for (const { photo, stays } of await readGroups(inputs.groups)) {
      const correction = corrections.get(photo);
      if (!stays && correction) log(`corrections: ${photo} has no effect, since a near duplicate of it stays instead`);
      if (!stays || correction?.drop) continue;
      const label = correction?.label ?? classOfPhoto(photo, classes);
      if (label === undefined) unlabelled.push(photo);
      else labels.push({ photo, label, turn: correction?.turn ?? 0 });
    }
    for (const warning of warningsOf({ labels, unlabelled, classes })) log(`warning: ${warning}`);
    checkClasses(labels);
    await writeLabels(outputs.out, labels);
    log(`${labels.length} photos of ${photos.size} stay, ${corrections.size} corrections by hand`);
  },
});

interface Outcome {
  readonly labels: readonly Label[];
  readonly unlabelled: readonly string[];
  readonly classes: readonly string[];
}

function warningsOf({ labels, unlabelled, classes }: Outcome): string[] {
  const empty = classes.filter((name) => labels.every(({ label }) => label !== name));
  const folders = new Set(unlabelled.map((photo) => photo.split('/').slice(0, -1).join('/') || '.'));
  return [
    ...empty.map((name) => `no photo is of class '${name}', so that nothing will be taken for it`),
    ...[...folders].map((folder) => {
      const hint = hintAt(folder.split('/').at(-1) as string, classes);
      return `the photos in folder '${folder}' are left out, since it is named like no class.${hint}`;
    }),
  ];
}

function checkClasses(labels: readonly Label[]): void {
  const found = new Set(labels.map(({ label }) => label));
  if (found.size >= 2) return;
  const what = found.size === 0 ? 'No photo has a class' : `All photos are of class '${[...found][0]}'`;
  throw new Error(`${what}: there must be photos of at least two classes, each in a folder named like its class.`);
}
