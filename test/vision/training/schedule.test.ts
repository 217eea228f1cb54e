import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { learningRate, sideOf } from '../../../vision/training/schedule.ts';

const reference: { lr: number[] } = JSON.parse(
  readFileSync(new URL('../../fixtures/sgdr.json', import.meta.url), 'utf8'),
);

test('the learning rates of 35 epochs are those of the reference', () => {
  assert.equal(reference.lr.length, 35);
  for (const [epoch, wanted] of reference.lr.entries())
    assert.ok(Math.abs(learningRate({ lr: 2e-4 }, epoch) - wanted) < 1e-15, `epoch ${epoch}`);
});

test('a factor of 1 makes every period as long as the first', () => {
  const rates = Array.from({ length: 9 }, (_, epoch) =>
    learningRate({ lr: 1, restarts: { first: 3, factor: 1 } }, epoch),
  );
  assert.deepEqual(rates.slice(0, 3), rates.slice(3, 6));
  assert.deepEqual(rates.slice(0, 3), rates.slice(6, 9));
});

test('a warm-up rises by equal steps, and the first period begins behind it', () => {
  const rates = Array.from({ length: 8 }, (_, epoch) => learningRate({ lr: 4e-3, warmUp: 3 }, epoch));
  const rises = [1e-3, 2e-3, 3e-3, 4e-3];
  for (const [epoch, wanted] of rises.entries()) assert.ok(Math.abs((rates[epoch] as number) - wanted) < 1e-15);
  assert.equal(rates[5], learningRate({ lr: 4e-3 }, 2));
});

test('sizes grow in equal steps to the whole one, in multiples of 8', () => {
  const sides = (size: number, growth?: { from: number; epochs: number }) =>
    [0, 1, 2, 3, 4, 9].map((epoch) => sideOf(size, growth, epoch));
  assert.deepEqual(sides(160), [160, 160, 160, 160, 160, 160]);
  assert.deepEqual(sides(160, { from: 96, epochs: 4 }), [96, 112, 128, 144, 160, 160]);
  assert.deepEqual(sides(97, { from: 45, epochs: 3 }), [40, 56, 72, 97, 97, 97]);
});
