import { readFile } from 'node:fs/promises';

/** What near duplicates are found by, of photos in a row. */
export interface Prints {
  readonly photos: readonly string[];
  /** Difference hashes, 16 hexadecimal digits each. */
  readonly hashes: readonly string[];
  /** Vectors of length 1, one behind the other. */
  readonly features: { readonly width: number; readonly values: Float32Array };
}

/** Reads one JSON file a photo, `{ photo, dhash, features }`. A file at a time, since all at once would fill the memory. */
export async function readPrints(paths: readonly string[]): Promise<Prints> {
  const photos: string[] = [];
  const hashes: string[] = [];
  let values = new Float32Array(0);
  let width = 0;
  for (const path of paths) {
    const print = JSON.parse(await readFile(path, 'utf8')) as { photo: string; dhash: string; features: number[] };
    if (photos.length === 0) {
      width = print.features.length;
      values = new Float32Array(paths.length * width);
    }
    if (print.features.length !== width)
      throw new Error(`${path} holds ${print.features.length} features, not ${width}.`);
    values.set(print.features, photos.length * width);
    photos.push(print.photo);
    hashes.push(print.dhash);
  }
  return { photos, hashes, features: { width, values } };
}
