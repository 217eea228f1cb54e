import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import sample from '../../stages/sample.ts';
import { readKnownLabels } from '../../vision/labels/known-labels.ts';
import { itemsOf, makeFolder, runStage } from './run-stage.ts';

const classes = ['calling', 'normal', 'smoking', 'smoking_calling'] as const;
const tiny = { classes: [...classes], perClass: 4, test: 5, seed: 11 };

async function drawn(folder: string, params: Parameters<typeof sample.params.parse>[0] & typeof tiny = tiny) {
  const { outputs, log } = await runStage(sample, { params, inputs: {}, folder });
  const [train = '', test = '', testLabels = '', truth = ''] = ['train', 'test', 'testLabels', 'truth'].map(
    (name) => outputs[name],
  );
  return {
    train,
    test,
    labels: await readKnownLabels(testLabels),
    truth: JSON.parse(await readFile(truth, 'utf8')),
    log,
  };
}

let folder = '';
let contest: Awaited<ReturnType<typeof drawn>>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-sample-'));
  contest = await drawn(folder);
});

after(() => rm(folder, { recursive: true, force: true }));

/** Every file by its path below a folder. */
async function contentsOf(folder: string): Promise<Map<string, Buffer>> {
  const { items } = await itemsOf(folder);
  return new Map(await Promise.all(items.map(async ({ id, path }) => [id, await readFile(path)] as const)));
}

test('class folders, test photos with their labels, and a truth that names files', async () => {
  const { train, test, labels, truth, log } = contest;
  assert.deepEqual((await readdir(train)).sort(), [...classes]);
  for (const name of classes) assert.equal((await readdir(join(train, name))).length, 4, name);
  assert.deepEqual((await readdir(test)).sort(), [...labels.keys()].sort());
  assert.deepEqual([...labels.values()].sort(), ['calling', ...classes]);
  const files = await contentsOf(train);
  assert.equal(truth.duplicates.length, 2);
  for (const { photo, of } of truth.duplicates) assert.ok(files.has(photo) && files.has(of));
  assert.equal(truth.wrongLabels.length, 1);
  assert.deepEqual(log, ['planted 2 near duplicates, 1 wrong labels, 0 turned photos and 0 stored sideways']);
});

test('every file is a photo of the kind that its name says', async () => {
  const { train, test } = contest;
  for (const [name, content] of [...(await contentsOf(train)), ...(await contentsOf(test))]) {
    const { format, width, height } = await sharp(content).metadata();
    assert.equal(format, extname(name).toLowerCase() === '.png' ? 'png' : 'jpeg', name);
    assert.ok(width >= 180 && height >= 180, name);
  }
});

test('the same seed gives the same bytes, another seed other photos', async (context) => {
  const first = contest;
  const second = await drawn(await makeFolder(context));
  assert.deepEqual(await contentsOf(second.train), await contentsOf(first.train));
  assert.deepEqual(await contentsOf(second.test), await contentsOf(first.test));
  assert.deepEqual([second.truth, second.labels], [first.truth, first.labels]);
  const other = await drawn(await makeFolder(context), { ...tiny, perClass: 1, test: 1, seed: 12 });
  const known = [...(await contentsOf(first.train)).values()];
  for (const content of (await contentsOf(other.train)).values())
    assert.ok(!known.some((photo) => photo.equals(content)));
});

test('classes that cannot be drawn, and classes given twice, are refused', () => {
  const refuse = (names: readonly string[], message: RegExp) =>
    assert.throws(() => sample.params.parse({ ...tiny, classes: names }), message);
  refuse(['calling', 'running'], /calling.*smoking_calling/s);
  refuse(['calling', 'calling'], /each class once/);
});

test('the key holds the versions of what draws', async () => {
  const { facts, files } = (await sample.facts?.({ threads: 2 })) ?? { facts: {}, files: [] };
  assert.equal(facts.libvips, sharp.versions.vips);
  assert.equal(facts.sharp, sharp.versions.sharp);
  assert.notEqual(files.length, 0);
});
