import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import clean from '../../stages/clean.ts';
import distill from '../../stages/distill.ts';
import split from '../../stages/split.ts';
import { writeGroups } from '../../vision/labels/groups.ts';
import { readSoftLabels, writeLabels } from '../../vision/labels/labels.ts';
import { readSplit } from '../../vision/labels/split.ts';
import { itemsOf, makeFolder, runStage, writeFiles } from './run-stage.ts';

const classes = ['calling', 'normal', 'smoking'];
const photos = ['calling/a.jpg', 'calling/b.jpg', 'normal/c.png', 'normal/d.jpg', 'smokin/e.jpg'];

async function cleaned(folder: string, corrections: string | undefined) {
  await writeFiles(`${folder}/photos`, Object.fromEntries(photos.map((photo) => [photo, ''])));
  await writeGroups(
    `${folder}/groups.csv`,
    photos.map((photo, place) => ({ photo, seat: String(place === 1 ? 0 : place), stays: place !== 1 })),
  );
  if (corrections !== undefined) await writeFiles(folder, { 'corrections.csv': `photo,label,turn\n${corrections}` });
  const { outputs, log } = await runStage(clean, {
    params: { classes },
    inputs: {
      photos: await itemsOf(`${folder}/photos`),
      groups: `${folder}/groups.csv`,
      corrections: corrections === undefined ? undefined : `${folder}/corrections.csv`,
    },
    folder,
  });
  return { labels: await readFile(outputs.out as string, 'utf8'), log };
}

test('clean: folders give the labels of what stays; what is left out is said', async (context) => {
  const { labels, log } = await cleaned(await makeFolder(context), undefined);
  assert.equal(labels, 'photo,label,turn\ncalling/a.jpg,calling,0\nnormal/c.png,normal,0\nnormal/d.jpg,normal,0\n');
  assert.deepEqual(log, [
    "warning: no photo is of class 'smoking', so that nothing will be taken for it",
    "warning: the photos in folder 'smokin' are left out, since it is named like no class. Did you mean 'smoking'?",
    '3 photos of 5 stay, 0 corrections by hand',
  ]);
});

test('clean: a person relabels, drops and turns', async (context) => {
  const { labels, log } = await cleaned(
    await makeFolder(context),
    'calling/a.jpg,normal,90\nnormal/c.png,drop,\nsmokin/e.jpg,smoking,\ncalling/b.jpg,drop,\n',
  );
  assert.equal(labels, 'photo,label,turn\ncalling/a.jpg,normal,90\nnormal/d.jpg,normal,0\nsmokin/e.jpg,smoking,0\n');
  assert.ok(log.includes('corrections: calling/b.jpg has no effect, since a near duplicate of it stays instead'));
});

test('clean: fewer than two classes are an error', async (context) => {
  const folder = await makeFolder(context);
  await assert.rejects(cleaned(folder, 'calling/a.jpg,drop,\n'), /All photos are of class 'normal'/);
  assert.throws(() => clean.params.parse({ classes: ['one'] }), /at least two classes/);
});

async function splitOf(folder: string, count: number) {
  const labels = Array.from({ length: count }, (_, number) => ({
    photo: `p${number}.jpg`,
    label: classes[number % 3] as string,
    turn: 0 as const,
  }));
  await writeLabels(`${folder}/labels.csv`, labels);
  const groups = labels.map(({ photo }, number) => ({ photo, seat: `seat ${number}`, stays: true }));
  await writeGroups(`${folder}/groups.csv`, groups);
  const { outputs, log } = await runStage(split, {
    params: { folds: [0, 1, 2, 3, 4], board: 0.15, seed: 42 },
    inputs: { labels: `${folder}/labels.csv`, groups: `${folder}/groups.csv` },
    folder,
  });
  return { places: await readSplit(outputs.out as string), log };
}

test('split: one photo more moves no other', async (context) => {
  const folder = await makeFolder(context);
  const { places } = await splitOf(folder, 90);
  const { places: more } = await splitOf(folder, 91);
  assert.deepEqual(more.slice(0, 90), places);
  assert.equal(new Set(places.map((place) => (place.part === 'board' ? 'board' : place.fold))).size, 6);
});

test('split: too few photos are an error, an empty place a warning', async (context) => {
  const folder = await makeFolder(context);
  await assert.rejects(splitOf(folder, 14), /Class 'smoking' has 4 photos, fewer than the 5 folds/);
  const { log } = await splitOf(folder, 15);
  assert.ok(
    log.some((line) => /^warning: (board|fold \d) has no photo of class '\w+'/.test(line)),
    log.join('\n'),
  );
});

test('distill: 0.6 of the label and 0.4 of the out-of-fold opinion; board photos keep their label', async (context) => {
  const folder = await makeFolder(context);
  await writeFiles(folder, {
    'labels.csv': 'photo,label,turn\nx.jpg,normal,90\ny.jpg,calling,0\nz.jpg,calling,0\nw.jpg,normal,0\n',
    'one.csv': `photo,part,calling,normal\nx.jpg,oof,${Math.log(4)},0\nz.jpg,board,9,0\n`,
    'two.csv': `photo,part,calling,normal\nx.jpg,oof,${Math.log(2.25)},0\ny.jpg,oof,0,0\nz.jpg,board,9,0\n`,
  });
  const logits = ['one', 'two'].map((name) => ({ path: `${folder}/${name}.csv`, stage: 'folds', matrix: {} }));
  const { outputs, log } = await runStage(distill, {
    params: { hard: 0.6, soft: 0.4 },
    inputs: { logits, labels: `${folder}/labels.csv` },
    folder,
  });
  const { classes: columns, rows } = await readSoftLabels(outputs.out as string);
  assert.deepEqual(columns, ['calling', 'normal']);
  // The mean of ln 4 and ln 2.25 is ln 3, which a softmax beside 0 makes 3/4.
  const expected = [
    { photo: 'x.jpg', turn: 90, probabilities: [0.3, 0.7] },
    { photo: 'y.jpg', turn: 0, probabilities: [0.8, 0.2] },
    { photo: 'z.jpg', turn: 0, probabilities: [1, 0] },
    { photo: 'w.jpg', turn: 0, probabilities: [0, 1] },
  ];
  const rounded = rows.map((row) => ({ ...row, probabilities: row.probabilities.map((p) => Number(p.toFixed(6))) }));
  assert.deepEqual(rounded, expected);
  assert.match(log.join('\n'), /no out-of-fold logits, so the label stays as it is: w\.jpg/);
  assert.throws(() => distill.params.parse({ hard: 0.6, soft: 0.5 }), /add up to 1/);
});
