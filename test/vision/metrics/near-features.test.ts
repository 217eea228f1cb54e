import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNearFeatures } from '../../../vision/metrics/near-features.ts';
import { cosineOf } from '../../../vision/metrics/vectors.ts';
import { seedRandom } from '../../../vision/training/random.ts';

/** Vectors of length 1 in clusters around a few centres, so that cosines of every size occur. */
function cluster(count: number, width: number): Float32Array {
  const random = seedRandom('near-features', count, width);
  const centres = Array.from({ length: 12 }, () => Array.from({ length: width }, random));
  const values = new Float32Array(count * width);
  for (let row = 0; row < count; row++) {
    const centre = centres[row % centres.length] as number[];
    const spread = 1.2 * random();
    const vector = centre.map((value) => value + spread * (random() - 0.5));
    const length = Math.hypot(...vector);
    values.set(
      vector.map((value) => value / length),
      row * width,
    );
  }
  return values;
}

test('finds exactly the pairs that comparing all with all finds', () => {
  for (const [count, width] of [
    [150, 200],
    [60, 20],
    [1, 8],
    [0, 8],
  ] as const) {
    const vectors = { width, values: cluster(count, width) };
    const expected: string[] = [];
    for (let one = 0; one < count; one++) {
      for (let other = one + 1; other < count; other++) {
        if (cosineOf(vectors, one, other) >= 0.93) expected.push(`${one}-${other}`);
      }
    }
    const found = findNearFeatures(vectors, 0.93);
    assert.deepEqual(found.map(({ pair }) => pair.join('-')).sort(), expected.sort(), `${count} of ${width}`);
    if (count > 1) assert.ok(expected.length > 10 && expected.length < (count * count) / 4, `${expected.length} pairs`);
  }
});
