import { hashDistance } from '../images/hash-distance.ts';
import { likenessOf } from '../images/likeness.ts';
import { findNearHashes, type Pair } from '../images/near-hashes.ts';
import type { Prints } from '../labels/prints.ts';
import { findNearFeatures } from './near-features.ts';
import { cosineOf } from './vectors.ts';

/**
 * From which values on two photos count as near duplicates.
 *
 * Measured on 280 drawn photos with 40 planted pairs: 37 pairs have a cosine of 0.90 or more, and the others (re-encoded
 * or rescaled photos full of grain, which unsettles features) 0.82 to 0.89 at a hash distance of at most 5 and a likeness of
 * 1.00. The highest cosine of another pair is 0.79. Among 224 real photos without a near duplicate it is 0.83, and the
 * closest pair of hashes has a distance of 9, a likeness of 0.74 and a cosine of 0.76.
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
