import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classOfPhoto } from '../../../vision/labels/classes.ts';
import { readCorrections } from '../../../vision/labels/corrections.ts';
import { nearestName } from '../../../vision/labels/nearest.ts';
import { makeFolder, writeFiles } from '../../stages/run-stage.ts';

const known = {
  photos: new Set(['calling/0421.jpg', 'calling/0422.jpg', 'normal/a b.png', 'normal/c.png']),
  classes: ['calling', 'normal', 'smoking'],
};

test('a class, `drop`, a turn or nothing of it', async (context) => {
  const [path = ''] = await writeFiles(await makeFolder(context), {
    'corrections.csv':
      'photo,label,turn\ncalling/0421.jpg, normal ,\ncalling/0422.jpg,drop,\nnormal/a b.png,,90\nnormal/c.png,smoking,0\n',
  });
  assert.deepEqual(
    [...(await readCorrections(path, known)).values()],
    [
      { photo: 'calling/0421.jpg', drop: false, label: 'normal' },
      { photo: 'calling/0422.jpg', drop: true },
      { photo: 'normal/a b.png', drop: false, turn: 90 },
      { photo: 'normal/c.png', drop: false, label: 'smoking', turn: 0 },
    ],
  );
});

test('all mistakes are said at once, each with its line and the nearest name', async (context) => {
  const [path = ''] = await writeFiles(await makeFolder(context), {
    'corrections.csv':
      'photo,label,turn\ncalling/421.jpg,normal,\nnormal/c.png,smokng,45\ncalling/0422.jpg,drop,\ncalling/0422.jpg,normal,\n',
  });
  await assert.rejects(readCorrections(path, known), (error: Error) => {
    assert.deepEqual(error.message.split('\n'), [
      `${path}:2: there is no photo 'calling/421.jpg'. Did you mean 'calling/0421.jpg'?`,
      `${path}:3: 'smokng' is no class; write calling, normal, smoking, drop or nothing. Did you mean 'smoking'?`,
      `${path}:3: '45' is no turn; write 0, 90, 180 or 270 (clockwise degrees) or nothing.`,
      `${path}:5: photo 'calling/0422.jpg' has a row already; put both into one.`,
    ]);
    return true;
  });
});

test('names that share little with any are given no hint', () => {
  assert.equal(nearestName('smoke', ['smoking', 'normal']), undefined);
  assert.equal(nearestName('nromal', ['smoking', 'normal']), 'normal');
  assert.equal(nearestName('x', []), undefined);
});

test('the deepest folder that is named like a class decides', () => {
  const { classes } = known;
  assert.equal(classOfPhoto('calling/smoking/x.jpg', classes), 'smoking');
  assert.equal(classOfPhoto('more/calling/2019/x.jpg', classes), 'calling');
  assert.equal(classOfPhoto('calling', classes), undefined, 'a file is no folder');
  assert.equal(classOfPhoto('uncalling/x.jpg', classes), undefined);
});
