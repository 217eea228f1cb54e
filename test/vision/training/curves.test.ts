import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawCurves } from '../../../vision/training/curves.ts';
import type { EpochRecord } from '../../../vision/training/history.ts';

const record = (epoch: number, mAP: number): EpochRecord => ({
  epoch,
  lr: 1e-3,
  loss: 1 / (epoch + 1),
  validation: { loss: 0.5, mAP, accuracy: 0.5 },
});

test('every figure has a point an epoch, and the best epoch a line in each panel', () => {
  const picture = drawCurves([record(0, 0.2), record(1, 0.9), record(2, 0.5)], 0);
  assert.equal(picture.match(/<circle/g)?.length, 12);
  assert.equal(picture.match(/stroke-dasharray/g)?.length, 4);
  // 640 wide with margins of 64 and 16: the middle of three epochs lies at 344.
  assert.equal(picture.match(/<line x1="344.0"/g)?.length, 4);
  assert.match(picture, /mAP of the validation, last 0\.500/);
});

test('what has no figure has no point, and one epoch alone makes a picture, too', () => {
  const picture = drawCurves([record(0, Number.NaN)], 0);
  assert.equal(picture.match(/<circle/g)?.length, 3);
  assert.match(picture, /mAP of the validation, no figure/);
  assert.doesNotMatch(picture, /NaN/);
});
