import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sharp from 'sharp';
import predict from '../../stages/predict.ts';
import { itemsOf, makeFolder, runStage, writeFiles } from './run-stage.ts';

const photos = ['b.JPG', 'a.png', 'deep/c.jpg', 'd.jpg'];
/** Two models' logits of class a; those of class b are nought. `d.jpg` is known to the first alone. */
const models = [
  { 'b.JPG': 2, 'a.png': -1, 'deep/c.jpg': 3, 'd.jpg': 1 },
  { 'b.JPG': 0, 'a.png': -3, 'deep/c.jpg': 5 },
];
const choice = [
  { round: 'folds', fold: 1 },
  { round: 'folds2', fold: 0 },
];

async function predicted(folder: string, labels?: string) {
  const jpeg = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
  const nameOf = (photo: string, ext: string) => photo.replace(/\.[^.]*$/, ext);
  await writeFiles(`${folder}/photos`, Object.fromEntries(photos.map((photo) => [nameOf(photo, '.jpg'), jpeg])));
  for (const [place, model] of models.entries()) {
    const files = Object.entries(model).map(([photo, a]) => [
      nameOf(photo, '.json'),
      JSON.stringify({ photo, logits: { a, b: 0 } }),
    ]);
    await writeFiles(`${folder}/logits${place}`, Object.fromEntries(files));
  }
  const [choicePath = '', calibration = ''] = await writeFiles(folder, {
    'choice.json': JSON.stringify(choice),
    'calibration.json': JSON.stringify({ temperature: 2 }),
  });
  if (labels !== undefined) await writeFiles(folder, { 'labels.csv': labels });
  const ids = new Map(photos.map((photo) => [nameOf(photo, '.jpg'), photo]));
  const { outputs, log } = await runStage(predict, {
    params: {},
    inputs: {
      choice: choicePath,
      calibration,
      logits: choice.map((matrix, place) => ({ path: `${folder}/logits${place}`, stage: 'testLogits', matrix })),
      photos: {
        ...(await itemsOf(`${folder}/photos`, (name) => ids.get(name) as string)),
        skipped: [{ id: 'broken.jpg', reason: 'cannot be opened as a photo: it ends early' }],
      },
      labels: labels === undefined ? undefined : `${folder}/labels.csv`,
    },
    folder,
  });
  return { outputs, log, predictions: JSON.parse(await readFile(outputs.predictions as string, 'utf8')) };
}

test('mean of logits, temperature, softmax; five digits, sorted by name; photos without logits are named', async (context) => {
  const { outputs, predictions, log } = await predicted(await makeFolder(context));
  // Means 1, -2 and 4 halved by the temperature: a logistic function of 0.5, 1 and 2.
  assert.deepEqual(predictions, [
    { image_name: 'a.png', category: 'b', score: 0.73106 },
    { image_name: 'b.JPG', category: 'a', score: 0.62246 },
    { image_name: 'deep/c.jpg', category: 'a', score: 0.8808 },
  ]);
  await assert.rejects(access(outputs.score as string), 'nothing to score by');
  assert.ok(log.includes('warning: d.jpg: a model has no logits of it'));
  const report = await readFile(outputs.report as string, 'utf8');
  assert.equal(report.match(/<img src="data:image\/jpeg;base64,/g)?.length, 3);
  assert.match(report, /<b>d\.jpg<\/b>/);
  assert.doesNotMatch(report, /(src|href)="(?!data:)/, 'it loads nothing');
});

test('known labels give a score; what cannot be scored is named and does not count', async (context) => {
  const { outputs, log } = await predicted(
    await makeFolder(context),
    'image_name,category\na.png,a\nb.JPG,a\ndeep/c.jpg,other\nbroken.jpg,b\n',
  );
  const score = JSON.parse(await readFile(outputs.score as string, 'utf8'));
  assert.equal(score.accuracy, 0.5);
  assert.equal(score.mAP, 1, 'both are of class a');
  assert.deepEqual(score.confusion, [
    [1, 1],
    [0, 0],
  ]);
  assert.deepEqual([score.leftOut, score.notPredicted, score.unknownLabels], [['b'], ['broken.jpg'], ['deep/c.jpg']]);
  assert.match(log.join('\n'), /broken\.jpg: cannot be opened as a photo: it ends early/);
  const report = await readFile(outputs.report as string, 'utf8');
  assert.ok(report.includes('Wrong, the surest first: 2'), 'a label that no model knows is wrong too');
  assert.ok(report.includes('known: a<'));
  assert.match(report, /<b>broken\.jpg<\/b>/, 'a skipped photo is named');
});

test('labels of other photos altogether are an error', async (context) => {
  await assert.rejects(predicted(await makeFolder(context), 'photo,label\nx.jpg,a\n'), /None of the 1 labels/);
});
