import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { averagePrecisionOf, meanAveragePrecision } from '../../../vision/metrics/average-precision.ts';

const reference = JSON.parse(readFileSync(new URL('../../fixtures/map.json', import.meta.url), 'utf8'));
const classes = ['a', 'b', 'c', 'd'];
const scores = Float64Array.from(reference.scores.flat());
const labels = Int32Array.from(reference.labels);

function precision(positives: number[], negatives: number[]): number {
  return averagePrecisionOf(Float64Array.from(positives), Float64Array.from(negatives));
}

test('gives the reference values', () => {
  const { mAP, perClass, leftOut } = meanAveragePrecision({ classes, scores }, labels);
  assert.ok(Math.abs(mAP - reference.mAP) < 1e-12);
  classes.forEach((name, place) => {
    assert.ok(Math.abs((perClass[name] as number) - reference.ap[place]) < 1e-12, name);
  });
  assert.deepEqual(leftOut, []);
});

test('equal scores are one step: positives and negatives of one score share its precision', () => {
  assert.equal(precision([0.5], [0.5]), 0.5);
  assert.equal(precision([0.5, 0.5], [0.5, 0.5]), 0.5);
  assert.equal(precision([0.9, 0.5], [0.5]), 0.5 + 0.5 * (2 / 3));
});

test('the precision at a recall is the best at it or above it', () => {
  assert.equal(precision([0.8, 0.7], [0.9]), 2 / 3);
});

test('classes without a positive are left out and named', () => {
  const found = meanAveragePrecision(
    { classes: ['x', 'never'], scores: Float64Array.of(0.9, 0.1, 0.8, 0.9) },
    Int32Array.of(0, 0),
  );
  assert.deepEqual(found, { mAP: 1, perClass: { x: 1 }, leftOut: ['never'] });
});

test('agrees with the definition taken literally, on random scores with many ties', () => {
  const score = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(fc.array(score, { minLength: 1, maxLength: 12 }), fc.array(score, { maxLength: 12 }), (yes, no) => {
      assert.ok(Math.abs(precision(yes, no) - literally(yes, no)) < 1e-12);
    }),
  );
});

/** For every threshold a point of the curve; for every recall the best precision at it or beyond. */
function literally(positives: number[], negatives: number[]): number {
  const thresholds = [...new Set([...positives, ...negatives])].sort((a, b) => b - a);
  const points = thresholds.map((threshold) => {
    const right = positives.filter((score) => score >= threshold).length;
    const wrong = negatives.filter((score) => score >= threshold).length;
    return { recall: right / positives.length, precision: right / (right + wrong) };
  });
  let area = 0;
  let before = 0;
  for (const { recall } of points) {
    const best = Math.max(...points.filter((point) => point.recall >= recall).map((point) => point.precision));
    area += (recall - before) * best;
    before = recall;
  }
  return area;
}
