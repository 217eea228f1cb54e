import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, type TestContext, test } from 'node:test';
import trainStage from '../../stages/train.ts';
import { readLogits } from '../../vision/labels/logits.ts';
import { readSafetensors } from '../../vision/nets/safetensors.ts';
import { loadPredictor } from '../../vision/training/predictor.ts';
import { makeFolder } from './run-stage.ts';
import { classes, makeActivations, makeContest, net, paintPhoto, type SmallContest } from './small-contest.ts';

import { digest, digests, epochOf, params, recipe, trainOnce, withActivations } from './training.ts';

let whole: { readonly folder: string; readonly lines: readonly string[] };
let contest: SmallContest;
before(async (context) => {
  const folder = await makeFolder(context as TestContext);
  contest = await withActivations(await makeContest(folder), join(folder, 'activations'), recipe.freeze);
  whole = {
    folder: join(folder, 'whole'),
    lines: await trainOnce({ params, inputs: contest.inputs, folder: join(folder, 'whole') }),
  };
});

test('red and blue are told apart, and logits are of the fold and the board alone', async () => {
  const history = JSON.parse(await readFile(join(whole.folder, 'history.json'), 'utf8'));
  assert.equal(history.epochs.length, 4);
  assert.equal(history.best.mAP, 1);
  assert.ok(history.epochs[3].loss < history.epochs[0].loss, JSON.stringify(history));
  const logits = await readLogits(join(whole.folder, 'logits.csv'));
  assert.deepEqual(logits.classes, classes);
  assert.deepEqual(
    logits.photos.map((photo, place) => `${logits.parts[place]} ${photo}`),
    ['oof blue/1.png', 'oof blue/2.png', 'oof red/1.png', 'oof red/2.png', 'board blue/0.png', 'board red/0.png'],
  );
});

test('the model says what it is', async () => {
  const { metadata, state } = await readSafetensors(join(whole.folder, 'model.safetensors'));
  assert.deepEqual(metadata, {
    network: 'efficientnet-lite0',
    size: '32',
    classes: '["blue","nobody","red"]',
    preprocessing: 'lite',
  });
  assert.deepEqual(state.get('_fc.weight')?.shape, [3, 1280]);
});

test('killed with -9 in its third epoch it goes on there, and ends with the bytes of the uninterrupted one', async (context) => {
  const folder = await makeFolder(context);
  await trainOnce({ params, inputs: contest.inputs, folder, killAt: (line) => epochOf(line) > 2 });
  const lines = await trainOnce({ params, inputs: contest.inputs, folder });
  assert.ok(lines.includes('log The training goes on behind epoch 2.'), lines.join('\n'));
  assert.ok(lines.map(epochOf).every((epoch) => epoch < 0 || epoch > 2));
  assert.deepEqual(await digests(folder), await digests(whole.folder));
});

test('more epochs go on from where the training ended, fewer start afresh, both with the bytes of one run', async (context) => {
  const folder = await makeFolder(context);
  const withEpochs = (epochs: number) => ({ ...params, recipe: { ...recipe, epochs } });
  const checkpoint = join(folder, 'checkpoint');
  const run = (name: string, epochs: number) =>
    trainOnce({ params: withEpochs(epochs), inputs: contest.inputs, folder: join(folder, name), checkpoint });
  await run('two', 2);
  const lines = await run('four', 4);
  assert.ok(lines.includes('log The training goes on behind epoch 2.'), lines.join('\n'));
  assert.deepEqual(await digests(join(folder, 'four')), await digests(whole.folder));
  await run('two-again', 2);
  assert.deepEqual(await digests(join(folder, 'two-again')), await digests(join(folder, 'two')));
});

test('with accumulation, moving average, warm-up and flips, a killed training ends with the same bytes, too', async (context) => {
  const folder = await makeFolder(context);
  const options = { epochs: 3, batch: 2, accumulate: 2, averaging: 0.9, warmUp: 1, flips: true };
  const given = { params: { ...params, recipe: { ...recipe, ...options } }, inputs: contest.inputs };
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  await trainOnce({ ...given, folder: first });
  await trainOnce({ ...given, folder: second, killAt: (line) => epochOf(line) > 2 });
  const lines = await trainOnce({ ...given, folder: second });
  assert.ok(lines.includes('log The training goes on behind epoch 2.'), lines.join('\n'));
  assert.deepEqual(await digests(second), await digests(first));
  assert.notDeepEqual(await digests(second), await digests(whole.folder));
  const { epochs } = JSON.parse(await readFile(join(first, 'history.json'), 'utf8'));
  assert.equal(epochs[0].lr, recipe.lr / 2);
  assert.equal((await readSafetensors(join(first, 'model.safetensors'))).metadata.flips, 'true');
});

test('where all learns from photos that grow, a killed training ends with the same bytes, too', async (context) => {
  const folder = await makeFolder(context);
  const growing = { epochs: 3, batch: 3, lr: 1e-3, patience: 9, growth: { from: 32, epochs: 2 } };
  const given = { params: { ...params, net: { ...net, size: 48 }, recipe: growing }, inputs: contest.inputs };
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  await trainOnce({ ...given, folder: first });
  await trainOnce({ ...given, folder: second, killAt: (line) => epochOf(line) > 1 });
  const lines = await trainOnce({ ...given, folder: second });
  assert.ok(lines.includes('log The training goes on behind epoch 1.'), lines.join('\n'));
  assert.deepEqual(await digests(second), await digests(first));
  const { growth, ...plain } = growing;
  const third = join(folder, 'third');
  await trainOnce({ ...given, params: { ...given.params, recipe: plain }, folder: third });
  assert.notDeepEqual(await digests(third), await digests(first));
});

test('a photo that cannot be opened fails the training by its name', async (context) => {
  const folder = await makeFolder(context);
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(folder, 'broken.png'), 'no photo');
  const { photos } = contest.inputs;
  const items = photos.items.map((item) =>
    item.id === 'red/4.png' ? { ...item, path: join(folder, 'broken.png') } : item,
  );
  const inputs = { ...contest.inputs, photos: { ...photos, items } };
  const small = { ...params, recipe: { epochs: 1, batch: 9, lr: 1e-3, patience: 9 } };
  await assert.rejects(trainOnce({ params: small, inputs, folder }), /The photo red\/4\.png cannot be used/);
});

test('what cannot be is said before a run: growing photos of frozen blocks, flips without variants, wasm that learns all', () => {
  const faultsOf = (change: object) => {
    const { error } = trainStage.params.safeParse({ ...params, recipe: { ...recipe, ...change } });
    return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  };
  assert.deepEqual(faultsOf({ freeze: 0, growth: undefined }), []);
  assert.match(
    faultsOf({ growth: { from: 32, epochs: 1 } }).join(),
    /^recipe\.growth: photos grow only where .*recipe\.growth: it has to begin below net\.size, which is 32/,
  );
  assert.match(faultsOf({ flips: true, variants: 1 }).join(), /^recipe\.flips: it wants the mirror image/);
  const foreseen = (freeze: number, tensorflow: string, inputs = ['photos', 'activations']) =>
    trainStage.foresee?.({
      params: trainStage.params.parse({ ...params, recipe: { ...recipe, freeze } }),
      matrix: { fold: 0 },
      facts: { tensorflow },
      inputs,
      items: {},
    });
  assert.deepEqual(foreseen(0, '2.21.0 native-cpu'), []);
  assert.deepEqual(foreseen(11, 'wasm'), []);
  assert.match(JSON.stringify(foreseen(11, 'wasm', ['photos'])), /wants the input activations/);
  assert.match(JSON.stringify(foreseen(0, 'wasm')), /recipe\.freeze.*wasm has no gradients.*apt-get install/);
});

test('a training that freezes blocks and is given no activations says what it wants', async (context) => {
  const folder = await makeFolder(context);
  const inputs = { ...contest.inputs, activations: undefined };
  await assert.rejects(trainOnce({ params, inputs, folder }), /recipe\.freeze is 15, so the training wants the input/);
});

test('a checkpoint that is cut off is said and not used', async (context) => {
  const folder = await makeFolder(context);
  const { writeFile, mkdir } = await import('node:fs/promises');
  const bytes = await readFile(join(whole.folder, 'checkpoint', 'epoch.safetensors'));
  await mkdir(join(folder, 'checkpoint'));
  await writeFile(join(folder, 'checkpoint', 'epoch.safetensors'), bytes.subarray(0, bytes.length / 2));
  const lines = await trainOnce({ params, inputs: contest.inputs, folder });
  assert.ok(lines.some((line) => /^log The checkpoint cannot be read and the training starts afresh/.test(line)));
  assert.deepEqual(await digests(folder), await digests(whole.folder));
});

test('the whole network learns in round 2, from soft labels and pasted photos, and another seed gives another model', async (context) => {
  const folder = await makeFolder(context);
  const { writeFile } = await import('node:fs/promises');
  const soft = contest.ids.map((id) => `${id},0,${id.startsWith('red') ? '0.1,0.8,0.1' : '0.1,0.2,0.7'}`);
  await writeFile(join(folder, 'soft.csv'), ['photo,turn,nobody,red,blue', ...soft].join('\n'));
  await paintPhoto(join(folder, 'pasted'), 'red.png');
  const sources = ['photo,label,front,back', 'red.png,red,red/3.png,blue/4.png', 'gone.png,red,red/1.png,blue/4.png'];
  await writeFile(join(folder, 'sources.csv'), sources.join('\n'));
  const inputs = {
    ...contest.inputs,
    labels: join(folder, 'soft.csv'),
    pasted: join(folder, 'pasted'),
    sources: join(folder, 'sources.csv'),
  };
  const small = { epochs: 1, batch: 9, lr: 1e-3, patience: 9 };
  const of = (seed: number) => ({ classes, net, recipe: small, seed, smoothing: 0.9 });
  await trainOnce({ params: of(1), inputs, folder: join(folder, 'a') });
  await trainOnce({ params: of(2), inputs, folder: join(folder, 'b') });
  assert.notEqual(
    await digest(join(folder, 'a'), 'model.safetensors'),
    await digest(join(folder, 'b'), 'model.safetensors'),
  );
  const trained = (await readSafetensors(join(folder, 'a', 'model.safetensors'))).state;
  const { state: first } = await readSafetensors(contest.inputs.weights);
  assert.notDeepEqual(trained.get('_conv_stem.weight')?.data, first.get('_conv_stem.weight')?.data);
  assert.notDeepEqual(trained.get('_bn0.running_mean')?.data, first.get('_bn0.running_mean')?.data);
});

test('on wasm the classifier learns alone, from a fitted start', async (context) => {
  const folder = await makeFolder(context);
  const fitted = { ...params, recipe: { ...recipe, epochs: 1, headStart: 'fitted' } };
  const { inputs } = await withActivations(contest, join(folder, 'features'), 17);
  const lines = await trainOnce({ params: fitted, inputs, folder, backend: 'wasm' });
  assert.ok(lines.some((line) => line.includes('the classifier alone is trained')));
  const trained = (await readSafetensors(join(folder, 'model.safetensors'))).state;
  const { state: first } = await readSafetensors(contest.inputs.weights);
  assert.deepEqual(trained.get('_conv_head.weight')?.data, first.get('_conv_head.weight')?.data);
  assert.equal(JSON.parse(await readFile(join(folder, 'history.json'), 'utf8')).best.mAP, 1);
});

test('with no epoch the classifier is fitted alone, to the maximum of each feature, and the model says so', async (context) => {
  const folder = await makeFolder(context);
  const fitted = { epochs: 0, headStart: 'fitted', freeze: 17, variants: 2, flips: true };
  const given = { ...params, net: { ...net, pooling: 'max' }, recipe: { ...recipe, ...fitted } };
  const { photos, weights } = contest.inputs;
  const card = { photos, weights, freeze: 17, variants: 2, pooling: 'max' as const };
  const activations = await makeActivations(join(folder, 'features'), card);
  await trainOnce({ params: given, inputs: { ...contest.inputs, activations }, folder });
  const { metadata, state } = await readSafetensors(join(folder, 'model.safetensors'));
  assert.deepEqual([metadata.pooling, metadata.flips], ['max', 'true']);
  const { state: first } = await readSafetensors(weights);
  assert.deepEqual(state.get('_conv_head.weight')?.data, first.get('_conv_head.weight')?.data);
  const history = JSON.parse(await readFile(join(folder, 'history.json'), 'utf8'));
  assert.deepEqual([history.epochs.length, history.best.mAP, history.best.epoch], [1, 1, 0]);
  assert.ok(history.epochs[0].loss < 0.5, JSON.stringify(history));
  // The model's file alone gives what the training wrote of the board, its own pooling and mirror images included.
  const logits = await readLogits(join(folder, 'logits.csv'));
  const predict = await loadPredictor(join(folder, 'model.safetensors'), 1);
  const paths = new Map(photos.items.map(({ id, path }) => [id, path]));
  const [predicted] = await predict([paths.get(logits.photos[0] as string) as string], new AbortController().signal);
  for (const [place, name] of classes.entries())
    assert.ok(
      Math.abs((predicted?.[name] as number) - (logits.values[place] as number)) < 0.05,
      `${name} ${JSON.stringify(predicted)} ${logits.values}`,
    );
  assert.match(
    String(trainStage.params.safeParse({ ...given, recipe: { ...given.recipe, headStart: 'random' } }).error),
    /headStart to fitted/,
  );
});
