import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreseeClasses } from '../../../vision/labels/classes.ts';

const classes = ['calling', 'normal', 'smoking'];
const told = (paths: readonly string[]) =>
  foreseeClasses(paths, classes).map(({ severity, message }) => `${severity}: ${message}`);

test('all classes with photos: nothing to say', () => {
  assert.deepEqual(told(['calling/a.jpg', 'normal/b.jpg', 'smoking/c.jpg']), []);
});

test('a class without a folder is a warning, an empty folder an error', () => {
  const missing = "warning: no folder is named like class 'smoking', so that nothing will be taken for it";
  assert.deepEqual(told(['calling/a.jpg', 'normal/b.jpg']), [missing]);
  assert.deepEqual(told(['calling/a.jpg', 'normal/b.jpg', 'smoking/']), [
    "error: the folder of class 'smoking' is empty",
  ]);
});

test('a class with fewer photos than folds is an error; one without any is left to the other tests', () => {
  const three = ['calling/a.jpg', 'calling/b.jpg', 'calling/c.jpg', 'normal/d.jpg'];
  const faults = foreseeClasses(three, ['calling', 'normal'], 3);
  assert.deepEqual(
    faults.map(({ severity, message }) => `${severity}: ${message}`),
    ["error: class 'normal' has 1 photo, fewer than the 3 folds"],
  );
  assert.match(faults[0]?.hint ?? '', /fewer folds/);
  assert.deepEqual(foreseeClasses([...three, 'normal/e.jpg', 'normal/f.jpg'], ['calling', 'normal'], 3), []);
});

test('one class, or none, is an error', () => {
  assert.deepEqual(told(['calling/a.jpg']), ["error: all photos are of class 'calling'"]);
  assert.deepEqual(told(['holidays/a.jpg']), ['error: no photo has a class']);
});
