import { choiceIn, readTable, writeTable } from './table.ts';

/** A photo's place among its near duplicates; a photo without any is a group of its own. */
export interface Grouped {
  readonly photo: string;
  /** What names the group: the smallest digest (SHA-256 of the source file) in it. */
  readonly seat: string;
  /** Whether this photo is the one of its group that is kept. */
  readonly stays: boolean;
}

/** Reads `photo,seat,stays`. */
export async function readGroups(path: string): Promise<Grouped[]> {
  const table = await readTable(path, ['photo', 'seat', 'stays']);
  return table.rows.map((row) => ({
    photo: row.get('photo'),
    seat: row.get('seat'),
    stays: choiceIn(table, row, 'stays', ['yes', 'no']) === 'yes',
  }));
}

export async function writeGroups(path: string, photos: readonly Grouped[]): Promise<void> {
  const rows = photos.map(({ photo, seat, stays }) => [photo, seat, stays ? 'yes' : 'no']);
  await writeTable(path, ['photo', 'seat', 'stays'], rows);
}
