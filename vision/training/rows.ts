/** One photo as a row of a batch: opened, laid into its square, augmented or not, and preprocessed. */
import { type Preprocessing, preprocess } from '../nets/preprocess.ts';
import { augmentPhoto, squarePhoto } from './augmentation/augment.ts';
import type { OpenPhoto, PhotoFile } from './photos.ts';

export interface RowOrder extends PhotoFile {
  /** Its id, for errors. */
  readonly photo: string;
  /** Side of the square, in pixels. */
  readonly size: number;
  readonly preprocessing: Preprocessing;
  /** The seed of an augmentation; or the photo as validation sees it, perhaps its mirror image. */
  readonly view: { readonly seed: readonly (string | number)[] } | { readonly flipped: boolean };
}

/** Values of [size, size, 3]. The same order gives the same ones, whoever carries it out and when. */
export async function makeRow(order: RowOrder, open: OpenPhoto): Promise<Float32Array<ArrayBuffer>> {
  const { size, view, preprocessing } = order;
  const photo = await open(order, size);
  const square =
    'seed' in view ? augmentPhoto({ photo, size, seed: view.seed }) : squarePhoto(photo, size, view.flipped);
  const row = new Float32Array(square.data.length);
  preprocess(preprocessing, square.data, row);
  return row;
}
