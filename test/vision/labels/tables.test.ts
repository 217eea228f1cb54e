import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGroups, writeGroups } from '../../../vision/labels/groups.ts';
import { readKnownLabels } from '../../../vision/labels/known-labels.ts';
import { readLabels, readSoftLabels, writeLabels, writeSoftLabels } from '../../../vision/labels/labels.ts';
import { readLogits, writeLogits } from '../../../vision/labels/logits.ts';
import { readSources, writeSources } from '../../../vision/labels/sources.ts';
import { readSplit, writeSplit } from '../../../vision/labels/split.ts';
import { makeFolder, writeFiles } from '../../stages/run-stage.ts';

/** Names that CSV has to quote, or that a careless reader would trim. */
const photos = ['calling/a, b.jpg', 'calling/"quoted".JPG', ' normal/x.png', 'normal/two\nlines.jpg'];

test('every table is read as it was written, whatever the photos are called', async (context) => {
  const path = `${await makeFolder(context)}/table.csv`;

  const labels = photos.map((photo, place) => ({
    photo,
    label: 'calling',
    turn: ([0, 90, 180, 270] as const)[place] ?? 0,
  }));
  await writeLabels(path, labels);
  assert.deepEqual(await readLabels(path), labels);

  const groups = photos.map((photo, place) => ({ photo, seat: 'ab12', stays: place === 0 }));
  await writeGroups(path, groups);
  assert.deepEqual(await readGroups(path), groups);

  const places = photos.map((photo, place) =>
    place === 0 ? ({ photo, part: 'board' } as const) : ({ photo, part: 'fold', fold: place } as const),
  );
  await writeSplit(path, places);
  assert.deepEqual(await readSplit(path), places);

  const sources = photos.map((photo) => ({ photo, label: 'normal', front: 'f.jpg', back: 'b.jpg' }));
  await writeSources(path, sources);
  assert.deepEqual(await readSources(path), sources);

  const classes = ['calling', 'normal'];
  const rows = photos.map((photo) => ({ photo, turn: 90 as const, probabilities: [0.25, 0.75] }));
  await writeSoftLabels(path, { classes, rows });
  assert.deepEqual(await readSoftLabels(path), { classes, rows });

  const values = Float64Array.from({ length: 8 }, (_, place) => Math.fround(Math.exp(place) / 3 - 1e-5));
  const logits = { classes, photos, parts: ['oof', 'oof', 'board', 'board'] as const, values };
  await writeLogits(path, logits);
  const again = await readLogits(path);
  assert.deepEqual({ ...again, values: again.values.map(Math.fround) }, logits, 'equal as 32-bit floats');
});

test('labels serve as certain soft labels, their classes in byte order', async (context) => {
  const [path = ''] = await writeFiles(await makeFolder(context), {
    'labels.csv': 'photo,label,turn\na.jpg,smoking,0\nb.jpg,calling,180\n',
  });
  assert.deepEqual(await readSoftLabels(path), {
    classes: ['calling', 'smoking'],
    rows: [
      { photo: 'a.jpg', turn: 0, probabilities: [0, 1] },
      { photo: 'b.jpg', turn: 180, probabilities: [1, 0] },
    ],
  });
});

test('known labels come under two headers, from any editor', async (context) => {
  const [ours = '', contest = '', twice = ''] = await writeFiles(await makeFolder(context), {
    'ours.csv': '\uFEFFphoto,label\r\n1.jpg,normal\r\n\r\n',
    'contest.csv': 'image_name,category\n1.jpg,normal\n',
    'twice.csv': 'photo,label\n1.jpg,normal\n1.jpg,calling\n',
  });
  assert.deepEqual(await readKnownLabels(ours), new Map([['1.jpg', 'normal']]));
  assert.deepEqual(await readKnownLabels(contest), new Map([['1.jpg', 'normal']]));
  await assert.rejects(readKnownLabels(twice), /twice\.csv:3: '1\.jpg' has a row already/);
});

test('what cannot be read is said with its place', async (context) => {
  const folder = await makeFolder(context);
  const cases: [text: string, read: (path: string) => Promise<unknown>, message: RegExp][] = [
    ['photo,label\n', readLabels, /must name photo, label, turn; it says 'photo,label'/],
    ['', readLabels, /it says nothing/],
    ['photo,label,turn\na.jpg,x,45\n', readLabels, /:2: column turn holds '45'; it may hold 0, 90, 180, 270/],
    ['photo,label,turn\na.jpg,x\n', readLabels, /line 2/],
    ['photo,seat,stays\na.jpg,x,perhaps\n', readGroups, /:2: column stays holds 'perhaps'/],
    ['photo,part,fold\na.jpg,fold,\n', readSplit, /:2: '' in column fold is not a number/],
    ['photo,part,a\nx.jpg,oof,1\ny.jpg,oof,one\n', readLogits, /:3: 'one' in column a is not a number/],
  ];
  for (const [text, read, message] of cases) {
    const [path = ''] = await writeFiles(folder, { 'table.csv': text });
    await assert.rejects(read(path), message);
  }
});
