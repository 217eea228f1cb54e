import { choiceIn, numberIn, readTable, shortNumber, writeTable } from './table.ts';

/** Whose logits they are: a fold's own photos, which its model was not trained on, or the board's. */
export type Part = 'oof' | 'board';

/** One model's logits of the photos that it was not trained on. */
export interface Logits {
  readonly classes: readonly string[];
  readonly photos: readonly string[];
  readonly parts: readonly Part[];
  /** Photo by photo, class by class within it. */
  readonly values: Float64Array;
}

/** Reads `photo,part` and a column a class. */
export async function readLogits(path: string): Promise<Logits> {
  const table = await readTable(path, ['photo', 'part']);
  const classes = table.header.filter((column) => column !== 'photo' && column !== 'part');
  const values = new Float64Array(table.rows.length * classes.length);
  table.rows.forEach((row, place) => {
    classes.forEach((name, column) => {
      values[place * classes.length + column] = numberIn(table, row, name);
    });
  });
  return {
    classes,
    photos: table.rows.map((row) => row.get('photo')),
    parts: table.rows.map((row) => choiceIn(table, row, 'part', ['oof', 'board'])),
    values,
  };
}

export async function writeLogits(path: string, { classes, photos, parts, values }: Logits): Promise<void> {
  const rows = photos.map((photo, place) => {
    const own = values.subarray(place * classes.length, (place + 1) * classes.length);
    return [photo, parts[place] as Part, ...Array.from(own, shortNumber)];
  });
  await writeTable(path, ['photo', 'part', ...classes], rows);
}
