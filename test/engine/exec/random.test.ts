import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../engine/exec/random.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: string) => Array.from({ length: 5 }, seededRandom(seed));
  assert.deepEqual(draw('a'), draw('a'));
  assert.notDeepEqual(draw('a'), draw('b'));
  // Pinned, since every seeded result rests on them.
  assert.deepEqual(draw('seed').slice(0, 2), [0.8039102370479679, 0.05684019869228796]);
});

test('numbers are uniform in [0, 1)', () => {
  const random = seededRandom('uniform');
  const counts = new Array<number>(20).fill(0);
  const draws = 40_000;
  for (let draw = 0; draw < draws; draw++) {
    const value = random();
    assert.ok(value >= 0 && value < 1);
    counts[Math.floor(value * counts.length)] = (counts[Math.floor(value * counts.length)] ?? 0) + 1;
  }
  const expected = draws / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 19 degrees of freedom: above 43.8 in one of a thousand seeds, and this one is fixed.
  assert.ok(chiSquare < 43.8, String(chiSquare));
});
