import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestOf, type EpochRecord, hasStopped, historyJson } from '../../../vision/training/history.ts';

/** Epochs with these validation mAPs; the loss falls with each epoch unless given. */
const epochs = (mAPs: readonly number[], losses: readonly number[] = mAPs.map((_, i) => 1 / (i + 1))): EpochRecord[] =>
  mAPs.map((mAP, epoch) => ({
    epoch,
    lr: 1e-3,
    loss: 1,
    validation: { loss: losses[epoch] as number, mAP, accuracy: 0.5 },
  }));

test('the best epoch has the highest mAP, and of equal ones the lowest loss', () => {
  assert.equal(bestOf(epochs([0.5, 0.9, 0.8]), 0)?.epoch, 1);
  assert.equal(bestOf(epochs([0.9, 0.9, 0.9], [0.3, 0.1, 0.2]), 0)?.epoch, 1);
});

test('epochs before saveFrom are no candidates, and without candidates there is no best', () => {
  assert.equal(bestOf(epochs([1, 0.5, 0.6]), 1)?.epoch, 2);
  assert.equal(bestOf(epochs([1, 0.5]), 2), undefined);
});

test('without a mAP the last epoch is the best, and patience never ends the training', () => {
  const none = epochs([Number.NaN, Number.NaN, Number.NaN]);
  assert.equal(bestOf(none, 0)?.epoch, 2);
  assert.equal(hasStopped(none, 1), false);
});

test('patience counts the epochs without a better mAP', () => {
  assert.equal(hasStopped([], 1), false);
  assert.equal(hasStopped(epochs([0.5, 0.4]), 2), false);
  assert.equal(hasStopped(epochs([0.5, 0.4, 0.5]), 2), true);
  assert.equal(hasStopped(epochs([0.5, 0.4, 0.6]), 2), false);
});

test('the JSON names the best epoch and writes figures that have no meaning as null', () => {
  const history = JSON.parse(historyJson(epochs([0.5, 0.9]), 0, { fold: 3 }));
  assert.deepEqual([history.fold, history.best.epoch, history.best.mAP, history.epochs.length], [3, 1, 0.9, 2]);
  assert.equal(JSON.parse(historyJson(epochs([Number.NaN]), 0, {})).best.mAP, null);
});
