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

/** Logits of `count` samples that are three times as sure as they should be: 75 of 100 are of the class that gets 0.75 at T = 3. */
function tooSure(count: number): { logits: Float64Array; known: Int32Array } {
  return {
    logits: Float64Array.from({ length: 2 * count }, (_, place) => (place % 2 === 0 ? 3 * Math.log(3) : 0)),
    known: Int32Array.from({ length: count }, (_, row) => (row < 0.75 * count ? 0 : 1)),
  };
}

test('many photos find the temperature that logits were made with, few go a part of the way', () => {
  const found = (count: number): number => {
    const { logits, known } = tooSure(count);
    return fitTemperature({ classes, scores: logits }, known);
  };
  const [few, some, many] = [found(4), found(40), found(40_000)];
  assert.ok(Math.abs(many - 3) < 0.02, String(many));
  assert.ok(1 < few && few < some && some < many, `${few}, ${some}`);
});

test('calibration error is nought where confidence is right, and the gap where it is not', () => {
  const sure = (confidence: number) =>
    Float64Array.from({ length: 200 }, (_, place) => (place % 2 === 0 ? confidence : 1 - confidence));
  const known = Int32Array.from({ length: 100 }, (_, row) => (row < 75 ? 0 : 1));
  assert.ok(Math.abs(calibrationErrorOf({ classes, scores: sure(0.75) }, known)) < 1e-12);
  assert.ok(Math.abs(calibrationErrorOf({ classes, scores: sure(0.95) }, known) - 0.2) < 1e-12);
});

test('photos that are all told right make no scores of 0 and 1, and none leave the temperature at 1', () => {
  for (const count of [3, 13, 200]) {
    // Margins of 2, 3 and 4, all of them on the right side.
    const logits = Float64Array.from({ length: 2 * count }, (_, place) =>
      place % 2 === 0 ? 2 + ((place / 2) % 3) : 0,
    );
    const temperature = fitTemperature({ classes, scores: logits }, new Int32Array(count));
    assert.ok(temperature < 1 && temperature > 0.3, `${count}: ${temperature}`);
  }
  const none = fitTemperature({ classes, scores: new Float64Array(0) }, new Int32Array(0));
  assert.ok(Math.abs(none - 1) < 1e-6, String(none));
});
