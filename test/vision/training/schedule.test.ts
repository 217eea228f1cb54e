import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { learningRate } from '../../../vision/training/schedule.ts';

const reference: { lr: number[] } = JSON.parse(
  readFileSync(new URL('../../fixtures/sgdr.json', import.meta.url), 'utf8'),
);

test('the learning rates of 35 epochs are those of the reference', () => {
  assert.equal(reference.lr.length, 35);
  for (const [epoch, wanted] of reference.lr.entries())
    assert.ok(Math.abs(learningRate(2e-4, epoch) - wanted) < 1e-15, `epoch ${epoch}`);
});

test('a factor of 1 makes every period as long as the first', () => {
  const rates = Array.from({ length: 9 }, (_, epoch) => learningRate(1, epoch, { first: 3, factor: 1 }));
  assert.deepEqual(rates.slice(0, 3), rates.slice(3, 6));
  assert.deepEqual(rates.slice(0, 3), rates.slice(6, 9));
});
