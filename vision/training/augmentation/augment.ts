import type { Pixels } from '../../images/pixels.ts';
import { seedRandom } from '../random.ts';
import { drawBlur } from './blur.ts';
import { drawColourChange } from './colour.ts';
import { drawGeometry, framePhoto, plainGeometry } from './geometry.ts';

export interface AugmentRequest {
  /** Its longest side is at most `size`. */
  readonly photo: Pixels;
  readonly size: number;
  /** What the draw belongs to, as (seed, photo, variant): the same parts give the same pixels. */
  readonly seed: readonly (string | number)[];
}

/** The contest's random augmentation of one photo: a square of `size` x `size`. */
export function augmentPhoto({ photo, size, seed }: AugmentRequest): Pixels {
  const random = seedRandom('augment', ...seed);
  let square = framePhoto(photo, size, drawGeometry(random));
  if (random() < 0.8) square = drawColourChange(random)(square);
  if (random() < 0.8) square = drawBlur(random, size)(square);
  return square;
}

/** The photo as validation and prediction see it: a square of `size` x `size`, without any random change; or its mirror image. */
export function squarePhoto(photo: Pixels, size: number, flipped = false): Pixels {
  return framePhoto(photo, size, { ...plainGeometry, flipped });
}
