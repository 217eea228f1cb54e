import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGlob, parseReference, splitGlob } from '../../../engine/model/reference.ts';
import { editDistance, nearest, suggest } from '../../../engine/model/similar.ts';

const stages = new Map([
  ['resize', { matrix: [] }],
  ['folds', { matrix: [{ name: 'fold', values: [0, 1, 0.5, 'v1.2'] }] }],
  [
    'logits',
    {
      matrix: [
        { name: 'round', values: ['folds'] },
        { name: 'fold', values: [0] },
      ],
    },
  ],
]);

/** `stage|selectors|out|?`, or `path|glob|?`. */
function written(text: string): string {
  const reference = parseReference(text, stages);
  const mark = reference.optional ? '?' : '';
  if (reference.kind === 'path') return `${reference.glob ? 'glob' : 'path'} ${reference.path}${mark}`;
  const selectors = reference.selectors.map(({ name = '', value }) => `${name}:${value}`);
  return (
    [reference.stage, ...selectors, ...(reference.out === undefined ? [] : [`.${reference.out}`])].join(' ') + mark
  );
}

const references: readonly (readonly [text: string, written: string])[] = [
  ['resize', 'resize'],
  ['resize?', 'resize?'],
  ['resize.photo', 'resize .photo'],
  ['resize.a.b', 'resize .a.b'],
  ['folds@1', 'folds :1'],
  ['folds@1.model?', 'folds :1 .model?'],
  ['folds@0.5', 'folds :0.5'],
  ['folds@0.5.model', 'folds :0.5 .model'],
  ['folds@v1.2.model', 'folds :v1.2 .model'],
  ['folds@9.model', 'folds :9 .model'],
  ['folds@fold=0.5.model', 'folds fold:0.5 .model'],
  ['logits@round=folds@fold=0.out', 'logits round:folds fold:0 .out'],
  ['resize/photo', 'path resize/photo'],
  ['./resize', 'path ./resize'],
  ['/resize', 'path /resize'],
  ['../resize.photo', 'path ../resize.photo'],
  ['resize*', 'glob resize*'],
  ['resize.*', 'glob resize.*'],
  ['photos/**/*.{jpg,png}', 'glob photos/**/*.{jpg,png}'],
  ['a\\[1\\].jpg', 'path a[1].jpg'],
  ['a\\[1\\].jpg?', 'path a[1].jpg?'],
  ['why\\?', 'path why?'],
  ['back\\slash', 'path back\\slash'],
  ['corrections.csv?', 'path corrections.csv?'],
  ['resize2', 'path resize2'],
  ['constructor', 'path constructor'],
  ['?', 'glob ?'],
];

for (const [text, expected] of references) test(text, () => assert.equal(written(text), expected));

test('a glob is told from a path', () => {
  assert.deepEqual(['a', 'a*', '[a]', 'a?b', '{a,b}', 'a\\*'].map(isGlob), [false, true, true, true, true, false]);
});

for (const [glob, folder, rest] of [
  ['photos/*.jpg', 'photos/', '*.jpg'],
  ['photos/**/*.jpg', 'photos/', '**/*.jpg'],
  ['*.jpg', '', '*.jpg'],
  ['/*.jpg', '/', '*.jpg'],
  ['new!/a b (old)/*.jpg', 'new!/a b (old)/', '*.jpg'],
  ['a/+(b|c)/*.jpg', 'a/', '+(b|c)/*.jpg'],
  ['a\\[1\\]/*.jpg', 'a[1]/', '*.jpg'],
  ['{a,b}/c.jpg', '', '{a,b}/c.jpg'],
] as const) {
  test(`a glob begins in a folder: ${glob}`, () => assert.deepEqual(splitGlob(glob), { folder, rest }));
}

test('one slip in three letters is taken for a typing error', () => {
  assert.equal(editDistance('resize', 'reszie'), 1);
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(nearest('reszie', ['split', 'resize', 'resizeTest']), 'resize');
  assert.equal(nearest('clean', ['split', 'resize']), undefined);
  assert.equal(suggest('clean', ['split', 'resize']), "there are 'split', 'resize'");
  assert.equal(suggest('clean', []), undefined);
});
