import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accuracyOf,
  calibrationErrorOf,
  confusionOf,
  fitTemperature,
  logLossOf,
} from '../../../vision/metrics/agreement.ts';
import { softmaxRows } from '../../../vision/metrics/probabilities.ts';

const classes = ['a', 'b'];
const scores = Float64Array.of(0.9, 0.1, 0.4, 0.6, 0.7, 0.3, 0.2, 0.8);
const labels = Int32Array.of(0, 1, 1, 1);

test('accuracy, confusion and log loss of four samples', () => {
  assert.equal(accuracyOf({ classes, scores }, labels), 0.75);
  assert.deepEqual(confusionOf({ classes, scores }, labels), [
    [1, 0],
    [1, 2],
  ]);
  const expected = -(Math.log(0.9) + Math.log(0.6) + Math.log(0.3) + Math.log(0.8)) / 4;
  assert.ok(Math.abs(logLossOf({ classes, scores }, labels) - expected) < 1e-12);
});

test('an impossible label costs much and not infinitely much', () => {
  assert.ok(Math.abs(logLossOf({ classes, scores: Float64Array.of(1, 0) }, Int32Array.of(1)) - 34.54) < 0.01);
});

test('softmax is blind to a shift, and does not overflow', () => {
  assert.deepEqual(softmaxRows(Float64Array.of(1000, 1001), 2), softmaxRows(Float64Array.of(0, 1), 2));
  assert.ok(Math.abs((softmaxRows(Float64Array.of(0, Math.log(3)), 2)[1] as number) - 0.75) < 1e-12);
  assert.ok(
    Math.abs((softmaxRows(Float64Array.of(0, Math.log(9)), 2, { temperature: 2 })[1] as number) - 0.75) < 1e-12,
  );
});

test('the temperature that logits were made with is found', () => {
  // 75 of 100 samples are of the class that ln 3 to 0 gives exactly 0.75 to, so logits three times as sure need 3.
  const logits = Float64Array.from({ length: 200 }, (_, place) => (place % 2 === 0 ? 3 * Math.log(3) : 0));
  const known = Int32Array.from({ length: 100 }, (_, row) => (row < 75 ? 0 : 1));
  assert.ok(Math.abs(fitTemperature({ classes, scores: logits }, known) - 3) < 1e-4);
});

test('calibration error is nought where confidence is right, and the gap where it is not', () => {
  const sure = (confidence: number) =>
    Float64Array.from({ length: 200 }, (_, place) => (place % 2 === 0 ? confidence : 1 - confidence));
  const known = Int32Array.from({ length: 100 }, (_, row) => (row < 75 ? 0 : 1));
  assert.ok(Math.abs(calibrationErrorOf({ classes, scores: sure(0.75) }, known)) < 1e-12);
  assert.ok(Math.abs(calibrationErrorOf({ classes, scores: sure(0.95) }, known) - 0.2) < 1e-12);
});

test('photos that are all told right make no scores of 0 and 1', () => {
  const temperature = fitTemperature(
    { classes: ['a', 'b'], scores: Float64Array.of(2, 0, 0, 2, 3, 0) },
    Int32Array.of(0, 1, 0),
  );
  assert.ok(temperature >= 0.5 && temperature < 0.51, String(temperature));
});
