import type { Logits, Part } from '../labels/logits.ts';

/** Means of logits by photo, each in the order of `classes`. */
export interface MeanLogits {
  readonly classes: readonly string[];
  readonly means: ReadonlyMap<string, Float64Array>;
}

/** The mean of each photo's logits over the models that have one of this part. Throws where models' classes differ. */
export function meanLogits(models: readonly Logits[], part: Part): MeanLogits {
  const classes = sameClasses(models);
  const sums = new Map<string, Float64Array>();
  const counts = new Map<string, number>();
  for (const { photos, parts, values } of models) {
    photos.forEach((photo, row) => {
      if (parts[row] !== part) return;
      const sum = sums.get(photo) ?? new Float64Array(classes.length);
      for (let c = 0; c < classes.length; c++) {
        sum[c] = (sum[c] as number) + (values[row * classes.length + c] as number);
      }
      sums.set(photo, sum);
      counts.set(photo, (counts.get(photo) ?? 0) + 1);
    });
  }
  const means = new Map([...sums].map(([photo, sum]) => [photo, sum.map((value) => value / (counts.get(photo) ?? 1))]));
  return { classes, means };
}

/** The classes that all models share, in their order. Throws where there is no model or two differ. */
export function sameClasses(models: readonly { readonly classes: readonly string[] }[]): readonly string[] {
  const [first, ...others] = models.map(({ classes }) => classes);
  if (first === undefined) throw new Error('There are no logits: name at least one model.');
  const other = others.find((classes) => classes.join('\n') !== first.join('\n'));
  if (other) throw new Error(`The models tell different classes apart: ${first.join(', ')}; and ${other.join(', ')}.`);
  return first;
}
