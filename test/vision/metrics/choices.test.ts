import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrate } from '../../../vision/metrics/calibrate.ts';
import { scoreChoices } from '../../../vision/metrics/choices.ts';
import { meanLogits } from '../../../vision/metrics/mean-logits.ts';
import { seedRandom } from '../../../vision/training/random.ts';
import { drawCandidates, plainlyScored } from './plain-choices.ts';

const classes = ['a', 'b'];
const labels = Int32Array.of(0, 0, 1, 1);
const right = Float64Array.of(2, 0, 2, 0, 0, 2, 0, 2);
const surer = right.map((value) => value * 2);
const wrong = Float64Array.of(0, 2, 2, 0, 2, 0, 0, 2);

test('every choice of so many, the best first: ties to fewer members, then to the smaller log loss', () => {
  const scored = scoreChoices({ classes, labels, logits: [wrong, right, surer] }, { atLeast: 1, atMost: 3 });
  assert.equal(scored.length, 7);
  assert.deepEqual(
    scored.slice(0, 3).map(({ members }) => members),
    [[2], [1], [1, 2]],
  );
  assert.deepEqual([scored[0]?.mAP, scored.at(-1)?.members], [1, [0]]);
  // Of a right logit of 4 beside 0, four times.
  assert.ok(Math.abs((scored[0]?.logLoss as number) - Math.log(1 + Math.exp(-4))) < 1e-12);
});

test('ten models have 175 choices of one to three, and three named by hand one of three', () => {
  const ten = Array.from({ length: 10 }, () => right);
  assert.equal(scoreChoices({ classes, labels, logits: ten }, { atLeast: 1, atMost: 3 }).length, 175);
  const byHand = scoreChoices({ classes, labels, logits: [wrong, right, surer] }, { atLeast: 3, atMost: 3 });
  assert.deepEqual(
    byHand.map(({ members }) => members),
    [[0, 1, 2]],
  );
});

test('175 choices of 2,000 photos are scored as the plain definition says', () => {
  const candidates = drawCandidates(seedRandom('choices'), { photos: 2000, models: 10 });
  const plain = new Map(
    plainlyScored(candidates, { atLeast: 1, atMost: 3 }).map((choice) => [choice.members.join(), choice]),
  );
  const scored = scoreChoices(candidates, { atLeast: 1, atMost: 3 });
  assert.equal(scored.length, 175);
  for (const { members, mAP, logLoss } of scored) {
    const expected = plain.get(members.join());
    assert.ok(Math.abs(mAP - (expected?.mAP ?? Number.NaN)) < 1e-9, `mAP of ${members}`);
    assert.ok(Math.abs(logLoss - (expected?.logLoss ?? Number.NaN)) < 1e-9, `log loss of ${members}`);
  }
});

test('no choice, or too many, is an error', () => {
  const of = (count: number) => ({ classes, labels, logits: Array.from({ length: count }, () => right) });
  assert.throws(() => scoreChoices(of(2), { atLeast: 3, atMost: 3 }), /There are 2 models.* at least 3/);
  assert.throws(() => scoreChoices(of(60), { atLeast: 1, atMost: 12 }), /lower atMost/);
});

test('calibration mends models that are too sure, and leaves the order alone', () => {
  // Sure of class a by 6, and right in three of four cases: ln 3 would be right.
  const logits = [Float64Array.from({ length: 8000 }, (_, place) => (place % 2 === 0 ? 6 : 0))];
  const known = Int32Array.from({ length: 4000 }, (_, row) => (row % 4 === 3 ? 1 : 0));
  const calibration = calibrate({ classes: ['a', 'b', 'c'].slice(0, 2), logits, labels: known });
  // What is believed of a temperature beforehand costs so many photos 0.1 of 5.46.
  assert.ok(Math.abs(calibration.temperature - 6 / Math.log(3)) < 0.1, String(calibration.temperature));
  assert.ok(calibration.calibrationError < 3e-3 && calibration.uncalibrated.calibrationError > 0.24);
  assert.ok(calibration.logLoss < calibration.uncalibrated.logLoss);
  assert.equal(calibration.mAP, calibration.uncalibrated.mAP);
  assert.equal(calibration.photos, 4000);
});

test('means of logits are taken over the models that have a photo, in one part alone', () => {
  const parts = ['oof', 'board'] as const;
  const one = { classes, photos: ['x', 'y'], parts, values: Float64Array.of(1, 2, 3, 4) };
  const two = { classes, photos: ['x', 'z'], parts: ['oof', 'oof'] as const, values: Float64Array.of(3, 6, 5, 7) };
  const { means } = meanLogits([one, two], 'oof');
  assert.deepEqual(
    [...means].map(([photo, mean]) => [photo, ...mean]),
    [
      ['x', 2, 4],
      ['z', 5, 7],
    ],
  );
  assert.throws(
    () => meanLogits([one, { ...two, classes: ['b', 'a'] }], 'oof'),
    /different classes apart: a, b; and b, a/,
  );
});
