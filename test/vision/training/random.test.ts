import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawNormal, drawOne, seedRandom, shuffle } from '../../../vision/training/random.ts';

const draws = (count: number, ...parts: (string | number)[]): number[] => {
  const random = seedRandom(...parts);
  return Array.from({ length: count }, random);
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test('the same parts give the same draws, other parts give others', () => {
  assert.deepEqual(draws(5, 42, 'a'), draws(5, 42, 'a'));
  assert.notDeepEqual(draws(5, 42, 'a'), draws(5, 43, 'a'));
  assert.notDeepEqual(draws(5, 'ab', 'c'), draws(5, 'a', 'bc'));
  assert.notDeepEqual(draws(5, 1), draws(5, '1'));
});

test('draws are spread evenly over [0, 1)', () => {
  const values = draws(100_000, 'even');
  const counts = Array.from({ length: 10 }, (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth));
  for (const { length: count } of counts) assert.ok(Math.abs(count - 10_000) < 500, String(counts));
});

test('first draws of neighbouring seeds do not follow each other', () => {
  const firsts = Array.from({ length: 5000 }, (_, seed) => seedRandom(seed)());
  const products = firsts.slice(1).map((value, i) => (value - 0.5) * ((firsts[i] as number) - 0.5));
  assert.ok(Math.abs(mean(firsts) - 0.5) < 0.02);
  assert.ok(Math.abs(mean(products) * 12) < 0.06);
});

test('normal draws have the mean 0 and the deviation 1', () => {
  const random = seedRandom('normal');
  const values = Array.from({ length: 50_000 }, () => drawNormal(random));
  assert.ok(Math.abs(mean(values)) < 0.02);
  assert.ok(Math.abs(mean(values.map((value) => value * value)) - 1) < 0.03);
});

test('a shuffle keeps every element and a choice reaches every element', () => {
  const list = Array.from({ length: 50 }, (_, i) => i);
  const shuffled = shuffle(seedRandom(7), list);
  assert.notDeepEqual(shuffled, list);
  assert.deepEqual(
    shuffled.toSorted((a, b) => a - b),
    list,
  );
  const random = seedRandom(8);
  assert.equal(new Set(Array.from({ length: 100 }, () => drawOne(random, ['a', 'b', 'c']))).size, 3);
});
