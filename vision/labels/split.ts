import { choiceIn, numberIn, readTable, writeTable } from './table.ts';

/** Where a photo is used: on the board, which no model trains on, or in the fold that one model is validated on. */
export type Place =
  | { readonly photo: string; readonly part: 'board' }
  | { readonly photo: string; readonly part: 'fold'; readonly fold: number };

/** Reads `photo,part,fold`. */
export async function readSplit(path: string): Promise<Place[]> {
  const table = await readTable(path, ['photo', 'part', 'fold']);
  return table.rows.map((row) => {
    const photo = row.get('photo');
    const part = choiceIn(table, row, 'part', ['board', 'fold']);
    return part === 'board' ? { photo, part } : { photo, part, fold: numberIn(table, row, 'fold') };
  });
}

export async function writeSplit(path: string, places: readonly Place[]): Promise<void> {
  const rows = places.map((place) => [place.photo, place.part, place.part === 'fold' ? place.fold : '']);
  await writeTable(path, ['photo', 'part', 'fold'], rows);
}
