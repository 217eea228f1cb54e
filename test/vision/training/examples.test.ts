import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SoftLabel } from '../../../vision/labels/labels.ts';
import type { Place } from '../../../vision/labels/split.ts';
import { type ExampleTables, gatherExamples, placesOf } from '../../../vision/training/examples.ts';

const classes = ['x', 'y', 'z'];
const label = (photo: string, ...probabilities: number[]): SoftLabel => ({ photo, turn: 0, probabilities });
const fold = (photo: string, at: number): Place => ({ photo, part: 'fold', fold: at });

const tables: ExampleTables = {
  classes,
  fold: 0,
  labels: { classes: ['z', 'x'], rows: [label('a', 0, 1), label('b', 1, 0), label('c', 0.3, 0.7), label('d', 1, 0)] },
  split: [fold('a', 0), fold('b', 1), fold('c', 2), { photo: 'd', part: 'board' }],
  paths: new Map(['a', 'b', 'c', 'd'].map((name) => [name, `/photos/${name}.jpg`])),
};
const names = (list: readonly { photo: string }[]): string[] => list.map(({ photo }) => photo);

test('a fold trains on the other folds, and neither on its own photos nor on the board', () => {
  const { train, validation, board } = gatherExamples(tables);
  assert.deepEqual([names(train), names(validation), names(board)], [['b', 'c'], ['a'], ['d']]);
  assert.equal(train[0]?.path, '/photos/b.jpg');
});

test('targets follow the order of the pipeline, and a class without a column has the probability 0', () => {
  const { train } = gatherExamples(tables);
  assert.deepEqual(
    train.map(({ target }) => target),
    [
      [0, 0, 1],
      [0.7, 0, 0.3],
    ],
  );
  assert.deepEqual([...placesOf(train)], [2, 0]);
});

test('a pasted photo is used only where the fold trains on both of its sources', () => {
  const sources = [
    { photo: '1.jpg', label: 'z', front: 'b', back: 'c' },
    { photo: '2.jpg', label: 'z', front: 'a', back: 'c' },
    { photo: '3.jpg', label: 'z', front: 'b', back: 'd' },
    { photo: '4.jpg', label: 'z', front: 'gone', back: 'b' },
  ];
  const pasted = { sources, pathOf: (photo: string) => `/pasted/${photo}`, smoothing: 0.9 };
  const { train, validation } = gatherExamples({ ...tables, pasted });
  assert.deepEqual(names(train), ['b', 'c', '1.jpg']);
  assert.deepEqual(names(validation), ['a']);
  const target = train[2]?.target ?? [];
  assert.equal(train[2]?.path, '/pasted/1.jpg');
  assert.ok(Math.abs((target[2] ?? 0) - (0.9 + 0.1 / 3)) < 1e-12 && Math.abs((target[0] ?? 0) - 0.1 / 3) < 1e-12);
});

test('tables that do not fit together are refused by name', () => {
  const refuse = (change: Partial<ExampleTables>, message: RegExp): void =>
    assert.throws(() => gatherExamples({ ...tables, ...change }), message);
  refuse({ classes: ['x', 'y'] }, /class 'z'.*x, y/);
  refuse({ split: [...tables.split, fold('e', 1)] }, /split names e, which the labels lack/);
  refuse({ paths: new Map([['a', '/a.jpg']]) }, /labels name b, which is not among the photos/);
  refuse({ split: [fold('a', 0)] }, /No photo is left to train fold 0/);
});
