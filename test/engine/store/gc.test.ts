import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { digestText } from '../../../engine/hash/digest.ts';
import type { Digest } from '../../../engine/model/names.ts';
import type { ActionRecord } from '../../../engine/model/record.ts';
import type { CollectRequest } from '../../../engine/model/upkeep.ts';
import { type Candidate, chooseDropped } from '../../../engine/store/choice.ts';
import {
  createProject,
  emptyMaterial,
  fileOutput,
  recordNamed,
  collectRequest as request,
  type TestProject,
} from './project.ts';

function has(project: TestProject, text: string): boolean {
  const digest = digestText(text);
  return fs.existsSync(project.path('.flow/objects', digest.slice(0, 2), digest.slice(2)));
}

const candidate = (name: string, seconds: number, digests: readonly string[]): Candidate => {
  return { kind: 'result', name, seconds, at: 0, needless: false, digests: digests as Digest[], paths: [] };
};

test('what costs least for each byte goes first; shared bytes are counted once and freed with their last holder', () => {
  const sizes = new Map(Object.entries({ a: 100, b: 100, both: 50 })) as unknown as Map<Digest, number>;
  const candidates = [candidate('cheap', 1, ['a', 'both']), candidate('dear', 100, ['b', 'both'])];
  const choose = (maxBytes?: number, safe: string[] = []) => {
    const limit = maxBytes === undefined ? {} : { maxBytes };
    const choice = chooseDropped({ candidates, sizes, safe: new Set(safe as Digest[]), before: 250, ...limit });
    return [choice.digests.join(), choice.bytes, choice.staying.map(({ name, bytes }) => `${name} ${bytes}`).join()];
  };
  assert.deepEqual(choose(), ['', 0, 'cheap 150,dear 100']);
  assert.deepEqual(choose(200), ['a', 100, 'dear 150']);
  assert.deepEqual(choose(0), ['a,b,both', 250, '']);
  assert.deepEqual(choose(0, ['a']), ['b,both', 150, '']);
});

test('what frees nothing does not stand in the way of the order by price', () => {
  const names = Array.from({ length: 40 }, (_, place) => `${place}`);
  const sizes = new Map(names.map((name) => [name, 100])) as unknown as Map<Digest, number>;
  // Every fourth is shown, and therefore safe; its list cost no time of its own.
  const isShown = (place: number) => place % 4 === 0;
  const candidates = names.map((name, place) => candidate(name, isShown(place) ? 0 : (place * 7919) % 101, [name]));
  const safe = new Set(names.filter((_, place) => isShown(place))) as unknown as Set<Digest>;
  const { digests } = chooseDropped({ candidates, sizes, safe, before: 4000, maxBytes: 2500 });
  const seconds = new Map(candidates.map((one) => [one.name, one.seconds]));
  const open = candidates.filter((_, place) => !isShown(place)).map((one) => one.seconds);
  assert.deepEqual(
    digests.map((name) => seconds.get(name)),
    open.sort((a, b) => a - b).slice(0, 15),
  );
});

async function commit(project: TestProject, name: string, text: string, more: Partial<ActionRecord> = {}) {
  const { store } = project.open();
  await store.putText(text);
  const record = recordNamed(name, { outputs: { out: fileOutput(text) }, ...more });
  await store.commit({ records: [{ record, material: emptyMaterial }] });
  await store.close();
  return record;
}

test('of old code the text stays that the newest results rest on, and nothing else', async (context) => {
  const project = createProject(context);
  const digests = ['used', 'compared', 'former'].map(digestText);
  const [used = '', compared = '', former = ''] = digests;
  for (const digest of digests) {
    for (const part of ['stage.mjs', 'source.mjs']) project.write(`.flow/code/${digest}/${part}`, part);
  }
  const rests = { ...request, bundles: new Set([used]), compared: new Set([compared]) };
  const collectOnce = async (asked: CollectRequest) => {
    const { store } = project.open();
    await store.upkeep.collect(asked);
    await store.close();
  };
  const left = () =>
    fs.readdirSync(project.path('.flow/code')).flatMap((digest) => {
      const name = ['used', 'compared', 'former'][digests.indexOf(digest as Digest)];
      return fs.readdirSync(project.path('.flow/code', digest)).map((part) => `${name} ${part}`);
    });
  await collectOnce(rests);
  assert.equal(left().length, 6);
  const later = rests.at + 8 * 24 * 3600 * 1000;
  await collectOnce({ ...rests, at: later });
  assert.deepEqual(left().sort(), ['compared source.mjs', 'used source.mjs', 'used stage.mjs']);
  assert.equal(fs.existsSync(project.path('.flow/code', former)), false);
});

test('without a size only what no result names goes, and a dry run says the same', async (context) => {
  const project = createProject(context);
  await commit(project, 'kept', 'kept');
  const { store } = project.open();
  await store.putText('left by a run that was killed');
  await store.close();
  project.write('.flow/attempts/dead/half', 'half');
  project.write('.flow/edited/dead/mine.txt', 'mine');
  const dry = await project.open().store.upkeep.collect({ ...request, dryRun: true });
  assert.deepEqual(
    dry.dropped.map(({ kind, count }) => `${kind} ${count}`),
    ['attempt 1', 'unused 1'],
  );
  assert.ok(has(project, 'left by a run that was killed'));
  assert.equal(project.read('.flow/attempts/dead/half'), 'half');
  const { dropped, edited, kept } = await project.open().store.upkeep.collect(request);
  assert.deepEqual(dropped, dry.dropped);
  assert.deepEqual(kept.results, dry.kept.results);
  assert.deepEqual(edited, [{ path: '.flow/edited/dead/mine.txt', bytes: 4 }]);
  assert.equal(project.read('.flow/edited/dead/mine.txt'), 'mine');
  assert.ok(has(project, 'kept') && !has(project, 'left by a run that was killed'));
  assert.equal(fs.existsSync(project.path('.flow/attempts/dead')), false);
  assert.equal(fs.existsSync(project.path('.flow/collecting')), false);
});

test('what the view shows stays whatever the size; verify takes what was dropped for no fault', async (context) => {
  const project = createProject(context);
  const shown = await commit(project, 'shown', 'shown');
  await commit(project, 'old', 'old');
  const placing = project.open();
  await placing.store.place({
    task: shown.task,
    record: shown,
    places: [{ out: 'out', view: 'shown/out', output: shown.outputs.out ?? null }],
  });
  await placing.store.saveView({ set: [] });
  await placing.store.close();
  const answer = await project.open().store.upkeep.collect({ ...request, maxBytes: 0 });
  assert.equal(answer.reached, false);
  assert.deepEqual(
    answer.dropped.map(({ name }) => name),
    ['old'],
  );
  assert.ok(has(project, 'shown') && !has(project, 'old'));
  const { faults, dropped } = await project.open().store.upkeep.check({ shown: [] });
  assert.deepEqual([faults, dropped], [[], 1]);
  assert.equal((await project.open().store.history()).length, 2, 'the records stay');
  // Should the book of the view be lost, the last results stand in for it.
  await commit(project, 'shown', 'shown');
  fs.rmSync(project.path('.flow/view.json'));
  await project.open().store.upkeep.collect({ ...request, maxBytes: 0 });
  assert.ok(has(project, 'shown'));
});

test('what a living run made, or found and counts on, stays although no record names it yet', async (context) => {
  const project = createProject(context);
  await commit(project, 'old', 'found again');
  await commit(project, 'other', 'not wanted');
  const { store } = project.open();
  assert.ok(await store.take(project.write('made/fresh', 'fresh'), 'file'));
  assert.ok(await store.take(project.write('made/known', 'found again'), 'file'));
  const { living } = await project.open().store.upkeep.collect({ ...request, maxBytes: 0 });
  assert.equal(living.length, 1);
  assert.deepEqual(
    [has(project, 'fresh'), has(project, 'found again'), has(project, 'not wanted')],
    [true, true, false],
  );
  await store.close();
  await project.open().store.upkeep.collect({ ...request, maxBytes: 0 });
  assert.deepEqual([has(project, 'fresh'), has(project, 'found again')], [false, false]);
});

test('a run that begins, or counts on an object, while objects are dropped waits; a dead collector is no hindrance', async (context) => {
  const project = createProject(context);
  await commit(project, 'old', 'old');
  const { store } = project.open();
  await store.attemptFolder('x' as never);
  const collector = project.open();
  await collector.store.attemptFolder('y' as never);
  fs.writeFileSync(project.path('.flow/collecting'), 'run-3');
  let taken = false;
  const taking = store.take(project.write('made/old', 'old'), 'file').then(() => {
    taken = true;
  });
  let begun = false;
  const beginning = project
    .open()
    .store.attemptFolder('z' as never)
    .then(() => {
      begun = true;
    });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual([taken, begun], [false, false]);
  // The collector drops what it found nobody to count on.
  const digest = digestText('old');
  fs.rmSync(project.path('.flow/objects', digest.slice(0, 2), digest.slice(2)));
  await collector.store.close();
  await Promise.all([taking, beginning]);
  assert.ok(has(project, 'old'), 'the file itself became the object');
  fs.writeFileSync(project.path('.flow/collecting'), 'run-of-the-dead');
  await project.open().store.attemptFolder('w' as never);
  assert.equal(fs.existsSync(project.path('.flow/collecting')), false);
});

test('the checkpoint of an unfinished training is worth its seconds, that of a finished one goes first', async (context) => {
  const project = createProject(context);
  const finished = digestText('finished');
  const unfinished = digestText('unfinished');
  for (const name of [finished, unfinished]) project.write(`.flow/checkpoints/${name}/epoch`, 'x'.repeat(50_000));
  fs.utimesSync(project.path(`.flow/checkpoints/${unfinished}/epoch`), new Date(), new Date(Date.now() + 3600_000));
  await commit(project, 'cheap', 'y'.repeat(50_000), { seconds: 1 });
  const checkpoints = new Map([[finished, { task: 'folds@0' as never, finished: true }]]);
  const { before } = await project.open().store.upkeep.collect({ ...request, dryRun: true, checkpoints });
  const drop = async (maxBytes: number) => {
    const { dropped } = await project.open().store.upkeep.collect({ ...request, dryRun: true, checkpoints, maxBytes });
    return dropped.map(({ kind, name }) => `${kind} ${name}`);
  };
  assert.deepEqual(await drop(before - 1), ['checkpoint folds@0']);
  assert.deepEqual(await drop(before - 60_000), ['checkpoint folds@0', 'result cheap']);
  assert.deepEqual(await drop(before - 120_000), [
    'checkpoint folds@0',
    'result cheap',
    'checkpoint checkpoints of no task here',
  ]);
});
