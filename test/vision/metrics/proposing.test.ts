import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDoubtfulLabels } from '../../../vision/metrics/doubtful-labels.ts';
import { gatherOpinions } from '../../../vision/metrics/opinions.ts';
import { proposeDuplicates, proposeLabels, proposeTurns } from '../../../vision/metrics/proposing.ts';

const classes = ['a', 'b'];

/** Probabilities of class a; class b has the rest. */
const scoresOf = (ofA: readonly number[]) => Float64Array.from(ofA.flatMap((value) => [value, 1 - value]));

test('doubtful labels are ranked by how much surer the models are of another class than of the label', () => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 1);
  const found = findDoubtfulLabels({ classes, scores: scoresOf([0.9, 0.8, 0.1, 0.2, 0.99, 0.1]) }, labels);
  assert.deepEqual(
    found.map(({ row, likelier }) => [row, likelier]),
    [
      [4, 0],
      [2, 1],
    ],
  );
  // Of a the mean is 0.6, of b (0.8 + 0.01 + 0.9) / 3 = 0.57.
  assert.ok(Math.abs((found[0]?.score as number) - Math.log(0.99 / 0.6 / (0.01 / 0.57))) < 1e-9);
});

test('a class of which models are never sure is measured by itself', () => {
  // Photos of b get 0.4 of b at most: by the likelier class alone all of them would be doubtful.
  const labels = Int32Array.of(0, 0, 1, 1, 1, 1);
  const found = findDoubtfulLabels({ classes, scores: scoresOf([0.95, 0.95, 0.6, 0.6, 0.6, 0.95]) }, labels);
  assert.deepEqual(
    found.map(({ row }) => row),
    [5],
  );
});

test('a class that no photo is labelled with is never proposed, and a probability of 0 is no infinity', () => {
  const scores = Float64Array.of(0, 0.1, 0.9, 0.8, 0.1, 0.1, 0.1, 0.8, 0.1);
  const found = findDoubtfulLabels({ classes: ['a', 'b', 'c'], scores }, Int32Array.of(0, 0, 1));
  assert.deepEqual(
    found.map(({ row, likelier }) => [row, likelier]),
    [[0, 1]],
  );
  assert.ok(Number.isFinite(found[0]?.score));
});

const split = [
  { photo: 'a/1', part: 'fold', fold: 0 },
  { photo: 'b/2', part: 'fold', fold: 1 },
  { photo: 'b/3', part: 'board' },
] as const;
const models = [
  { classes, photos: ['a/1', 'b/3'], parts: ['oof', 'board'] as const, values: Float64Array.of(0, 2, 4, 0) },
  { classes, photos: ['b/2', 'b/3'], parts: ['oof', 'board'] as const, values: Float64Array.of(0, 3, -2, 0) },
];

test('a photo of a fold is judged by its own model, one on the board by the mean of all', () => {
  const { of } = gatherOpinions(models, split);
  const ofA = (photo: string) => of.get(photo)?.scores[0] as number;
  assert.ok(Math.abs(ofA('a/1') - 1 / (1 + Math.exp(2))) < 1e-12);
  assert.ok(Math.abs(ofA('b/3') - 1 / (1 + Math.exp(-1))) < 1e-12);
  assert.deepEqual([of.get('b/2')?.from, of.get('b/3')?.from], ['the model of fold 1', 'the mean of 2 models']);
  const other = [{ photo: 'a/1', part: 'board' } as const, ...split.slice(1)];
  assert.throws(() => gatherOpinions(models, other), /'a\/1' were made with another split/);
});

test('labels are proposed with what was thought of both classes', () => {
  const labels = [
    { photo: 'a/1', label: 'a', turn: 0 as const },
    { photo: 'b/2', label: 'b', turn: 0 as const },
    { photo: 'b/3', label: 'b', turn: 0 as const },
    { photo: 'b/without opinion', label: 'b', turn: 0 as const },
  ];
  const found = proposeLabels(labels, gatherOpinions(models, split));
  assert.deepEqual(
    found.map(({ photo, now, label, reason }) => [photo, now, label, reason]),
    [
      ['b/3', 'b', 'a', 'the mean of 2 models: a 73.1 %, b 26.9 %'],
      ['a/1', 'a', 'b', 'the model of fold 0: b 88.1 %, a 11.9 %'],
    ],
  );
});

test('near duplicates in folders of two classes are proposed once, for the photo that stays', () => {
  const labels = [{ photo: 'b/3', label: 'b', turn: 0 as const }];
  const groups = [
    { photo: 'a/copy', seat: 's', stays: false },
    { photo: 'b/3', seat: 's', stays: true },
    { photo: 'b/other copy', seat: 's', stays: false },
    { photo: 'b/4', seat: 't', stays: true },
    { photo: 'b/5', seat: 't', stays: false },
    { photo: 'a/dropped', seat: 'u', stays: true },
    { photo: 'b/dropped too', seat: 'u', stays: false },
  ];
  const found = proposeDuplicates(labels, groups, gatherOpinions(models, split));
  assert.deepEqual(
    found.map(({ photo, now, label, reason }) => [photo, now, label, reason]),
    [['b/3', 'b', 'a', 'near duplicates lie elsewhere: a/copy']],
  );
});

test('a turn comes on top of the one that a photo has', () => {
  const labels = [
    { photo: 'upright', label: 'a', turn: 0 as const },
    { photo: 'left', label: 'a', turn: 0 as const },
    { photo: 'turned wrongly', label: 'a', turn: 270 as const },
  ];
  const gains = new Map([
    ['upright', { 90: -1, 270: -2 }],
    ['left', { 90: -1, 270: 2 }],
    ['turned wrongly', { 90: 3, 270: 1 }],
  ]);
  assert.deepEqual(
    proposeTurns(labels, gains).map(({ photo, now, turn, score }) => [photo, now, turn, score]),
    [
      ['turned wrongly', 270, 0, 3],
      ['left', 0, 270, 2],
    ],
  );
});
