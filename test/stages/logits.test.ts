import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import sharp from 'sharp';
import logits from '../../stages/logits.ts';
import { createNetwork } from '../../vision/nets/efficientnet.ts';
import { readSafetensors, writeSafetensors } from '../../vision/nets/safetensors.ts';
import { loadTensorflow } from '../../vision/tensorflow/tensorflow.ts';
import { imageInputs } from '../../vision/training/inputs.ts';
import { inferExamples } from '../../vision/training/judge.ts';
import { saveModel } from '../../vision/training/model.ts';
import { keepPhotos } from '../../vision/training/photos.ts';
import { seedRandom } from '../../vision/training/random.ts';
import { makeRow, type RowOrder } from '../../vision/training/rows.ts';
import { itemsOf, makeFolder, runItemStage } from './run-stage.ts';
import { classes, makeContest, net, type SmallContest } from './small-contest.ts';

const signal = new AbortController().signal;
let folder: string;
let contest: SmallContest;
let model: string;
let expected: Float64Array;

before(async (context) => {
  folder = await makeFolder(context as TestContext);
  contest = await makeContest(folder);
  await logits.prepare?.({ progress: () => {}, log: () => {}, signal });
  const tf = await loadTensorflow({ threads: 1 });
  const network = createNetwork(tf, { name: net.name, classes: classes.length });
  const { state } = await readSafetensors(contest.inputs.weights);
  network.load(state, { newHead: { random: seedRandom('head') } });
  model = join(folder, 'model.safetensors');
  await saveModel(model, network, { ...net, classes, preprocessing: 'lite', pooling: 'mean', flips: false });
  const examples = contest.inputs.photos.items.map(({ id, path }) => ({
    photo: id,
    path,
    turn: 0 as const,
    origin: 'photo' as const,
    target: [],
  }));
  const open = keepPhotos(1e9);
  const rows = { make: (_: number, order: RowOrder) => makeRow(order, open) };
  const inputs = imageInputs({ sizeOf: () => net.size, preprocessing: 'lite', examples, rows });
  expected = await inferExamples({ tf, network, inputs, examples, flips: false, signal });
});

async function inferPhotos(name: string, batch: number, only?: string): Promise<Map<string, Record<string, number>>> {
  const all = await itemsOf(join(folder, 'photos'));
  const items = { ...all, items: all.items.filter(({ id }) => !only || id === only) };
  const run = await runItemStage(logits, { params: {}, inputs: { model }, folder: join(folder, name), items, batch });
  const found = new Map<string, Record<string, number>>();
  for (const [id, { out }] of run.outputs) {
    const result = JSON.parse(await readFile(out as string, 'utf8'));
    assert.equal(result.photo, id);
    found.set(id, result.logits);
  }
  return found;
}

test('each photo has the logits that the training gives it, in the order of the classes', async () => {
  const found = await inferPhotos('whole', 32);
  assert.deepEqual([...found.keys()], contest.ids);
  for (const [place, id] of contest.ids.entries()) {
    const own = found.get(id) ?? {};
    assert.deepEqual(Object.keys(own), classes);
    for (const [column, value] of Object.values(own).entries()) {
      const wanted = expected[place * classes.length + column] as number;
      assert.ok(Math.abs(value - wanted) < 1e-4 * (1 + Math.abs(wanted)), `${id}: ${value}, not ${wanted}`);
    }
  }
});

test('a photo has the same digits alone, in small batches and among all others', async () => {
  const whole = await inferPhotos('again', 32);
  assert.deepEqual(await inferPhotos('small', 3), whole);
  const only = contest.ids[5] as string;
  assert.deepEqual((await inferPhotos('alone', 32, only)).get(only), whole.get(only));
});

test('with flips a photo and its mirror image have the same logits', async () => {
  const { state } = await readSafetensors(model);
  const tf = await loadTensorflow({ threads: 1 });
  const network = createNetwork(tf, { name: net.name, classes: classes.length });
  network.load(state);
  const flipping = join(folder, 'flipping.safetensors');
  await saveModel(flipping, network, { ...net, classes, preprocessing: 'lite', pooling: 'mean', flips: true });
  const id = contest.ids[3] as string;
  const source = join(folder, 'photos', id);
  await mkdir(join(folder, 'mirrored'));
  await sharp(source)
    .flop()
    .toFile(join(folder, 'mirrored', 'mirrored.png'));
  await copyFile(source, join(folder, 'mirrored', 'plain.png'));
  const items = await itemsOf(join(folder, 'mirrored'));
  const logitsBy = async (file: string): Promise<number[][]> => {
    const request = { params: {}, inputs: { model: file }, folder: join(folder, 'flips', basename(file)), items };
    const ran = await runItemStage(logits, request);
    const texts = await Promise.all([...ran.outputs.values()].map(({ out }) => readFile(out as string, 'utf8')));
    return texts.map((text) => Object.values(JSON.parse(text).logits) as number[]);
  };
  const far = ([a, b]: number[][]) => Math.max(...(a ?? []).map((value, i) => Math.abs(value - (b?.[i] ?? 0))));
  assert.ok(far(await logitsBy(flipping)) < 1e-4);
  assert.ok(far(await logitsBy(model)) > 1e-3);
});

test('a file of weights that is no model trained here is refused by name', async () => {
  const { state } = await readSafetensors(contest.inputs.weights);
  await writeSafetensors(join(folder, 'bare.safetensors'), state);
  const items = await itemsOf(join(folder, 'photos'));
  const request = { params: {}, inputs: { model: join(folder, 'bare.safetensors') }, folder, items };
  await assert.rejects(() => runItemStage(logits, request), /bare\.safetensors does not say which network/);
});
