import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import sharp from 'sharp';
import proposals from '../../stages/proposals.ts';
import { createNetwork } from '../../vision/nets/efficientnet.ts';
import { writeSafetensors } from '../../vision/nets/safetensors.ts';
import { planNetwork } from '../../vision/nets/table.ts';
import { drawState, tensorShapes } from '../../vision/nets/tensors.ts';
import { loadTensorflow } from '../../vision/tensorflow/tensorflow.ts';
import { seedRandom } from '../../vision/training/random.ts';
import { itemsOf, makeFolder, runStage, writeFiles } from './run-stage.ts';

/** Photos that are bright above and dark below; of each class one lies on its side, and one is labelled wrongly. */
const ids = ['day', 'night'].flatMap((label) => Array.from({ length: 12 }, (_, place) => `${label}/${place}.png`));
const onTheirSide: Readonly<Record<string, 90 | 270>> = { 'day/3.png': 90, 'night/5.png': 270 };

let folder: string;
/** Prints of photos: of two sorts that `isDark` tells apart, or all alike. */
async function printsOf(name: string, isDark: (id: string) => boolean) {
  const print = (id: string) => ({ photo: id, dhash: '0'.repeat(16), features: isDark(id) ? [0.6, 0.8] : [1, 0] });
  const files = ids.map((id) => [id.replace('.png', '.json'), JSON.stringify(print(id))]);
  await writeFiles(join(folder, name), Object.fromEntries(files));
  return itemsOf(join(folder, name));
}

let inputs: Parameters<typeof proposals.run>[0]['inputs'];

before(async (context) => {
  folder = await makeFolder(context as TestContext);
  for (const id of ids) await paint(id);
  const rowOf = (id: string, place: number) =>
    [
      id,
      place % 12 === 11 ? 'board' : 'oof',
      ...(id === 'day/7.png' || id.startsWith('night') ? [0, 3] : [3, 0]),
    ].join();
  const groups = [...ids.map((id) => `${id},${id},yes`), 'night/copy.png,day/0.png,no'];
  const [labels = '', split = '', table = '', grouped = ''] = await writeFiles(folder, {
    'labels.csv': `photo,label,turn\n${ids.map((id) => `${id},${dirname(id)},0`).join('\n')}\n`,
    'split.csv': `photo,part,fold\n${ids.map((id, place) => (place % 12 === 11 ? `${id},board,` : `${id},fold,0`)).join('\n')}\n`,
    'logits.csv': `photo,part,day,night\n${ids.map(rowOf).join('\n')}\n`,
    'groups.csv': `photo,seat,stays\n${groups.join('\n')}\n`,
  });
  await proposals.prepare?.({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
  const tf = await loadTensorflow({ threads: 1 });
  const network = createNetwork(tf, { name: 'efficientnet-lite0', classes: 2 });
  const state = drawState(tensorShapes(planNetwork('efficientnet-lite0'), 2), seedRandom('weights'));
  state.get('_bn1.weight')?.data.fill(40);
  network.load(state);
  const weights = join(folder, 'weights.safetensors');
  await writeSafetensors(weights, network.state(), { network: network.name, preprocessing: 'lite' });
  const one = { stage: 'folds', matrix: { fold: 0 } };
  inputs = {
    photos: await itemsOf(join(folder, 'photos')),
    labels,
    split,
    groups: grouped,
    prints: await printsOf('alike', () => false),
    weights,
    logits: [{ ...one, path: table, out: 'logits' }],
    corrections: undefined,
  };
});

async function paint(id: string): Promise<void> {
  const random = seedRandom('paint', id);
  const [width, height] = [72, 64];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, place) => {
    const row = Math.floor(place / 3 / width);
    return 40 + (180 * (height - row)) / height + 30 * random();
  });
  const path = join(folder, 'photos', id);
  await mkdir(dirname(path), { recursive: true });
  const upright = sharp(data, { raw: { width, height, channels: 3 } });
  // What has to be turned clockwise by so much was turned back by it.
  await upright
    .rotate(360 - (onTheirSide[id] ?? 360))
    .png()
    .toFile(path);
}

/** The rows as they would stand in corrections.csv, and what is behind it. */
async function proposed(corrections?: string) {
  const given = corrections === undefined ? [] : await writeFiles(folder, { 'corrections.csv': corrections });
  const { outputs, log } = await runStage(proposals, {
    params: {},
    inputs: { ...inputs, corrections: given[0] },
    folder,
  });
  const table = await readFile(outputs.proposals as string, 'utf8');
  const [header = '', ...rows] = table.trim().split('\n');
  return { table, header, rows, log, sheet: await readFile(outputs.sheet as string, 'utf8') };
}

test('a wrong label, duplicates with two labels and both photos on their side; the table can be a corrections.csv', async () => {
  const { table, header, rows, log, sheet } = await proposed();
  assert.equal(header, 'photo,label,turn,kind,now,score,reason');
  const short = rows.map((row) => row.split(',').slice(0, 5).join());
  assert.deepEqual(short.slice(0, 2), ['day/7.png,night,,label,day', 'day/0.png,day,,duplicates,day']);
  assert.deepEqual(short.slice(2).sort(), ['day/3.png,,90,turn,0', 'night/5.png,,270,turn,0']);
  assert.ok(log.includes('1 doubtful labels, 1 groups with two labels and 2 photos on their side among 24 photos'));
  assert.equal(sheet.match(/<img /g)?.length, 6, 'a photo on its side is shown twice');

  const { rows: after } = await proposed(table);
  assert.deepEqual(after, [], 'what a person has answered is not proposed again');
});

test('an answer to one question leaves the other open', async () => {
  const { rows } = await proposed('photo,label,turn\nday/7.png,,0\nday/3.png,day,\n');
  assert.deepEqual(rows.map((row) => row.split(',')[0]).sort(), ['day/0.png', 'day/3.png', 'day/7.png', 'night/5.png']);
});

test('of a few photos nobody can learn what is upright, which is said', async (context) => {
  const labels = (await readFile(inputs.labels, 'utf8')).split('\n').slice(0, 16).join('\n');
  const [few = ''] = await writeFiles(await makeFolder(context), { 'labels.csv': `${labels}\n` });
  const { log } = await runStage(proposals, { params: {}, inputs: { ...inputs, labels: few }, folder });
  assert.ok(log.includes('15 photos are too few to learn what is upright'), log.join('\n'));
});

test('where prints tell labels better than the models do, the prints judge', async (context) => {
  const rows = ids.map((id, place) => `${id},${place % 12 === 11 ? 'board' : 'oof'},0.1,0`);
  const written = { 'logits.csv': `photo,part,day,night\n${rows.join('\n')}\n` };
  const [path = ''] = await writeFiles(await makeFolder(context), written);
  const prints = await printsOf('telling', (id) => id === 'day/7.png' || id.startsWith('night'));
  const logits = inputs.logits.map((one) => ({ ...one, path }));
  const { outputs, log } = await runStage(proposals, { params: {}, inputs: { ...inputs, logits, prints }, folder });
  assert.ok(log.includes('labels are judged by the prints, which tell them better'), log.join('\n'));
  const [, first = ''] = (await readFile(outputs.proposals as string, 'utf8')).split('\n');
  assert.match(first, /^day\/7\.png,night,,label,day,.*photos that look like it: night/);
});
