import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averagePrecisionOf, meanAveragePrecision } from '../../../vision/metrics/average-precision.ts';
import { scoreChoices } from '../../../vision/metrics/choices.ts';
import { rankSamples, weighSamples, weightedPrecision } from '../../../vision/metrics/ranked-precision.ts';
import { resampleChoices } from '../../../vision/metrics/resampling.ts';
import { seedRandom } from '../../../vision/training/random.ts';

const classes = ['a', 'b', 'c'];

function drawTable(random: () => number, photos: number) {
  const labels = Int32Array.from({ length: photos }, () => Math.floor(random() * classes.length));
  // Few values, so that many scores are equal.
  const scores = Float64Array.from({ length: photos * classes.length }, () => Math.floor(random() * 12) / 12);
  return { labels, table: { classes, scores } };
}

test('with weights of 1 it is the mean average precision, with others that of samples that stand so many times', () => {
  const random = seedRandom('weighted');
  for (let time = 0; time < 50; time++) {
    const { labels, table } = drawTable(random, 1 + Math.floor(random() * 30));
    const ranked = rankSamples(table, labels);
    const once = new Uint16Array(labels.length).fill(1);
    assert.ok(
      Math.abs(weightedPrecision(ranked, weighSamples(once, labels, 3)) - meanAveragePrecision(table, labels).mAP) <
        1e-12,
    );

    const weights = Uint16Array.from(labels, () => Math.floor(random() * 4));
    const rows = [...weights].flatMap((weight, row) => Array.from({ length: weight }, () => row));
    const repeated = {
      classes,
      scores: Float64Array.from(rows.flatMap((row) => [...table.scores.subarray(row * 3, row * 3 + 3)])),
    };
    const { mAP } = meanAveragePrecision(
      repeated,
      Int32Array.from(rows, (row) => labels[row] as number),
    );
    const weighted = weightedPrecision(ranked, weighSamples(weights, labels, 3));
    assert.ok(
      Number.isNaN(mAP) ? Number.isNaN(weighted) : Math.abs(weighted - mAP) < 1e-12,
      `${weighted} is not ${mAP}`,
    );
  }
});

test('the plain definition, a class by hand: half of two positives before a negative, the other behind it', () => {
  const scores = Float64Array.of(0.9, 0.1, 0.5, 0.5, 0.4, 0.6);
  const labels = Int32Array.of(0, 1, 0);
  const ranked = rankSamples({ classes: ['x', 'y'], scores }, labels);
  const once = weighSamples(Uint16Array.of(1, 1, 1), labels, 2);
  // Class x: 0.9 (x), 0.5 (y), 0.4 (x): half at precision 1, half at 2/3. Class y: 0.6 (x), 0.5 (y): 1/2.
  assert.ok(Math.abs(weightedPrecision(ranked, once) - ((1 + 2 / 3) / 2 + 1 / 2) / 2) < 1e-12);
  assert.equal(averagePrecisionOf(Float64Array.of(0.9, 0.4), Float64Array.of(0.5)), (1 + 2 / 3) / 2);
});

test('one choice has no optimism, and a sure one no width', () => {
  const labels = Int32Array.of(0, 0, 1, 1);
  const right = Float64Array.of(2, 0, 2, 0, 0, 2, 0, 2);
  const half = Float64Array.of(2, 0, 0, 2, 2, 0, 0, 2);
  const resampling = { resamples: 200, random: seedRandom('one') };
  const of = (logits: Float64Array[]) => ({ classes: ['a', 'b'], logits, labels });
  const alone = scoreChoices(of([half]), { atLeast: 1, atMost: 1 });
  const resampled = resampleChoices(of([half]), alone, resampling);
  assert.ok(Math.abs(resampled.optimism) < 1e-12);
  assert.deepEqual(
    resampled.wins.map((share) => Number(share.toFixed(9))),
    [1],
  );
  const [low, high] = resampled.intervals[0] as readonly [number, number];
  assert.ok(low < 0.7 && high > 0.9, `${low} to ${high}`);

  const two = of([half, right]);
  const both = resampleChoices(two, scoreChoices(two, { atLeast: 1, atMost: 1 }), resampling);
  assert.deepEqual(both.intervals[0], [1, 1]);
  assert.ok((both.wins[0] as number) > 0.9, 'the right one is the best of most boards');
});

/** Logits of models that are right about equally often: `signal` for the label, and noise of each model's own. */
function drawModels(random: () => number, { photos, models }: { photos: number; models: number }) {
  const labels = Int32Array.from({ length: photos }, (_, row) => row % classes.length);
  const logits = Array.from({ length: models }, () =>
    Float64Array.from({ length: photos * 3 }, (_, place) => {
      const noise = random() + random() + random() - 1.5;
      return 3 * noise + (labels[Math.floor(place / 3)] === place % 3 ? 2 : 0);
    }),
  );
  return { classes, labels, logits };
}

test('the score without optimism is near to what equal models score without being chosen', () => {
  const models = 20;
  const times = 30;
  const random = seedRandom('honest');
  const sums = { worth: 0, naive: 0, honest: 0 };
  for (let time = 0; time < times; time++) {
    const board = drawModels(random, { photos: 45, models });
    const choices = scoreChoices(board, { atLeast: 1, atMost: 1 });
    const { optimism } = resampleChoices(board, choices, { resamples: 100, random });
    const best = choices[0]?.mAP as number;
    sums.worth += choices.reduce((sum, { mAP }) => sum + mAP / models, 0) / times;
    sums.naive += best / times;
    sums.honest += (best - optimism) / times;
  }
  const [before, after] = [sums.naive - sums.worth, sums.honest - sums.worth];
  assert.ok(before > 0.08, `the best of ${models} equal models scores ${before} too high`);
  assert.ok(Math.abs(after) < before / 3, `without optimism it is ${after} off, before ${before}`);
});
