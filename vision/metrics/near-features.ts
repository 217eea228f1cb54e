import type { Pair } from '../images/near-hashes.ts';
import { mainDirections, sharesOf } from './main-directions.ts';
import { cosineOf, type Vectors } from './vectors.ts';

export interface NearPair {
  readonly pair: Pair;
  readonly cosine: number;
}

/** With fewer, more pairs have to be compared in full; with more, the first comparison takes longer. */
const directions = 48;

/**
 * All pairs of vectors of length 1 whose cosine is at least `least`. Exact.
 *
 * Each is first described by its shares along the directions in which the vectors differ most. Most pairs are put aside
 * there after about seven numbers instead of 1280; the distance along some directions is never more than the whole, so
 * no pair is lost. Hashing by random planes was not taken: it loses some.
 */
export function findNearFeatures(vectors: Vectors, least: number): NearPair[] {
  const count = vectors.values.length / vectors.width;
  const shares = sharesOf(vectors, mainDirections(vectors, directions));
  // Of unit vectors the squared distance is 2 - 2 cosine; the rest is for rounding in 32 bits.
  const most = 2 - 2 * least + 1e-4;
  const found: NearPair[] = [];
  for (let one = 0; one < count; one++) {
    for (let other = one + 1; other < count; other++) {
      if (isFarther(shares, { one, other, most })) continue;
      const cosine = cosineOf(vectors, one, other);
      if (cosine >= least) found.push({ pair: [one, other], cosine });
    }
  }
  return found;
}

interface Compared {
  readonly one: number;
  readonly other: number;
  /** Of the squared distance. */
  readonly most: number;
}

function isFarther({ values, width }: Vectors, { one, other, most }: Compared): boolean {
  let sum = 0;
  for (let place = 0; place < width; place++) {
    const difference = (values[one * width + place] as number) - (values[other * width + place] as number);
    sum += difference * difference;
    if (sum > most) return true;
  }
  return false;
}
