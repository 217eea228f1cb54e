import { readTable, writeTable } from './table.ts';

/** A pasted photo, and the two photos that it was made of. */
export interface PastedPhoto {
  /** Its path below the folder of pasted photos. */
  readonly photo: string;
  readonly label: string;
  readonly front: string;
  readonly back: string;
}

/** Reads `photo,label,front,back`. */
export async function readSources(path: string): Promise<PastedPhoto[]> {
  const { rows } = await readTable(path, ['photo', 'label', 'front', 'back']);
  return rows.map((row) => ({
    photo: row.get('photo'),
    label: row.get('label'),
    front: row.get('front'),
    back: row.get('back'),
  }));
}

export async function writeSources(path: string, photos: readonly PastedPhoto[]): Promise<void> {
  const rows = photos.map(({ photo, label, front, back }) => [photo, label, front, back]);
  await writeTable(path, ['photo', 'label', 'front', 'back'], rows);
}
