import { hashDistance } from '../images/hash-distance.ts';
import { likenessOf } from '../images/likeness.ts';
import { findNearHashes, type Pair } from '../images/near-hashes.ts';
import type { Prints } from '../labels/prints.ts';
import { findNearFeatures } from './near-features.ts';
import { cosineOf } from './vectors.ts';

/**
 * From which values on two photos count as near duplicates.
 *
 * Measured on what `sample` draws with seeds 42, 1 and 2, 72 planted pairs among 720 photos: 71 pairs have a cosine of
 * 0.93 or more; the other, full of grain, which unsettles features, has 0.87 at a hash distance of 3. The highest cosine
 * of any other pair is 0.81, the smallest hash distance 8 (at a cosine of 0.60). Among 224 real photos without a near
 * duplicate the highest cosine is 0.83, and the nearest hashes differ in 9 bits at a likeness of 0.74.
 */
export const nearness = {
  /** Of features: enough alone. What it finds may be cropped or coloured otherwise. */
  cosine: 0.9,
  /** Or all three of these: bits of the hashes, correlation of the brightness, cosine of the features. */
  hashBits: 10,
  likeness: 0.9,
  someCosine: 0.75,
} as const;

export interface NearDuplicates {
  readonly pair: Pair;
  readonly cosine: number;
  readonly hashBits: number;
}

/** `greyPrintOf` opens the photo at a place of the list; it is asked for those alone whose hashes are near. */
export async function findNearDuplicates(
  { hashes, features }: Prints,
  greyPrintOf: (place: number) => Promise<Float64Array>,
): Promise<NearDuplicates[]> {
  const describe = (pair: Pair, cosine: number): NearDuplicates => {
    const [one, other] = pair.map((place) => hashes[place] as string) as [string, string];
    return { pair, cosine, hashBits: hashDistance(one, other) };
  };
  const found = findNearFeatures(features, nearness.cosine).map(({ pair, cosine }) => describe(pair, cosine));
  for (const pair of findNearHashes(hashes, nearness.hashBits)) {
    const cosine = cosineOf(features, ...pair);
    if (cosine >= nearness.cosine || cosine < nearness.someCosine) continue;
    const likeness = likenessOf(await greyPrintOf(pair[0]), await greyPrintOf(pair[1]));
    if (likeness >= nearness.likeness) found.push(describe(pair, cosine));
  }
  return found;
}
