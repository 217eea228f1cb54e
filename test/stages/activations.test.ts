import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import activations from '../../stages/activations.ts';
import turned from '../../stages/turned.ts';
import { openPixels } from '../../vision/images/open.ts';
import { writeLabels } from '../../vision/labels/labels.ts';
import { readActivations } from '../../vision/training/activations.ts';
import { itemsOf, makeFolder, runItemStage, runStage } from './run-stage.ts';
import { makeActivations, makeContest, net, type SmallContest } from './small-contest.ts';

const card = { ...net, freeze: 11, pooling: 'mean', variants: 3 } as const;
let folder: string;
let contest: SmallContest;
before(async (context) => {
  folder = await makeFolder(context as TestContext);
  contest = await makeContest(folder);
  await activations.prepare?.({ progress: () => {}, log: () => {}, signal: new AbortController().signal });
});

test('a photo has the same bytes alone as among others, and variants that differ', async () => {
  const { photos, weights } = contest.inputs;
  const whole = await makeActivations(join(folder, 'whole'), { photos, weights, ...card });
  assert.deepEqual(
    whole.items.map(({ id }) => id),
    contest.ids,
  );
  const one = { ...photos, items: photos.items.slice(3, 4) };
  const alone = await makeActivations(join(folder, 'alone'), { photos: one, weights, ...card });
  const path = whole.items[3]?.path as string;
  assert.deepEqual(await readFile(path), await readFile(alone.items[0]?.path as string));
  const { shape, rows } = await readActivations(path, card);
  assert.deepEqual(shape, [2, 2, 112]);
  assert.equal(new Set(rows.map((row) => row.join())).size, 3);
  // Half precision: the bytes of a photo are those of its numbers and a short header.
  assert.ok((await readFile(path)).length < 3 * 2 * 2 * 112 * 2 + 400);
});

test('activations of another net or recipe are refused by what differs', async () => {
  const { photos, weights } = contest.inputs;
  const one = { ...photos, items: photos.items.slice(0, 1) };
  const made = await makeActivations(join(folder, 'other'), { photos: one, weights, ...card });
  const read = readActivations(made.items[0]?.path as string, { ...card, freeze: 12 });
  await assert.rejects(read, /are of freeze 11, not 12/);
});

test('with nothing frozen there are none', () => {
  const params = { ...net, variants: 1, seed: 1 };
  assert.equal(activations.params.safeParse({ ...params, freeze: 1 }).success, true);
  assert.match(String(activations.params.safeParse({ ...params, freeze: 0 }).error), /frozen\.photos/);
});

test('only photos that the labels turn are in the folder of the turned, under their names and turned', async () => {
  const [first, second] = contest.ids as [string, string];
  const labels = join(folder, 'turned.csv');
  await writeLabels(labels, [
    { photo: first, label: 'blue', turn: 90 },
    { photo: second, label: 'blue', turn: 0 },
  ]);
  const request = { params: {}, inputs: { photos: contest.inputs.photos, labels }, folder: join(folder, 'turned') };
  const { outputs } = await runStage(turned, request);
  const items = await itemsOf(outputs.out as string);
  assert.deepEqual(
    items.items.map(({ id }) => id),
    [first],
  );
  const { width, height } = await openPixels({ source: items.items[0]?.path as string });
  assert.deepEqual([width, height], [30, 40]);
  const params = { ...net, freeze: 11, variants: 1, seed: 1 };
  const { weights } = contest.inputs;
  const ran = await runItemStage(activations, { params, inputs: { weights }, folder: join(folder, 'more'), items });
  assert.deepEqual([...ran.outputs.keys()], [first]);
});
