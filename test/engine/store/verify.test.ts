import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { digestText } from '../../../engine/hash/digest.ts';
import { openDatabase } from '../../../engine/store/database.ts';
import { storeBytes } from '../../../engine/store/measure.ts';
import {
  createProject,
  emptyMaterial,
  fileOutput,
  itemNamed,
  keyNamed,
  recordNamed,
  type TestProject,
} from './project.ts';

function objectOf(project: TestProject, digest: string): string {
  return project.path('.flow/objects', digest.slice(0, 2), digest.slice(2));
}

/** New bytes of the same size, and the old time. */
function spoil(path: string): void {
  const { atime, mtime, size } = fs.statSync(path);
  fs.chmodSync(path, 0o644);
  fs.writeFileSync(path, Buffer.alloc(size, 'Z'));
  fs.utimesSync(path, atime, mtime);
}

test('every damaged and missing object is found with its owner, and no other', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
  for (const [index, text] of texts.entries()) {
    await store.putText(text);
    const record = recordNamed(`task${index}`, { outputs: { out: fileOutput(text) } });
    await store.commit({ records: [{ record, material: emptyMaterial }] });
  }
  assert.deepEqual((await store.upkeep.check({ shown: [] })).faults, []);
  for (const text of texts.slice(3, 6)) spoil(objectOf(project, digestText(text)));
  fs.unlinkSync(objectOf(project, digestText('text 9')));
  await store.putText('belongs to nobody');
  spoil(objectOf(project, digestText('belongs to nobody')));

  const check = await project.open().store.upkeep.check({ shown: [] });
  assert.equal(check.objects, 20);
  assert.deepEqual(check.faults.map(({ what, owners }) => `${what} ${owners.join()}`).sort(), [
    'damaged ',
    'damaged task3',
    'damaged task4',
    'damaged task5',
    'missing task9',
  ]);
  assert.ok(check.faults.every(({ healedFrom }) => healedFrom === undefined));
  for (const { what, movedTo, digest } of check.faults) {
    assert.equal(movedTo, what === 'damaged' ? `.flow/damaged/${digest}` : undefined);
  }
  assert.ok((await storeBytes(project.root)) >= texts.join('').length);
  // What was put out is missing from now on, until it is made again.
  const again = await project.open().store.upkeep.check({ shown: [] });
  assert.deepEqual([...new Set(again.faults.map(({ what }) => what))], ['missing']);
  assert.equal(again.faults.length, 4);
});

test('a list of files and its members are healed from the view, a source that was passed on from the source', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  project.write('attempt/tree/a', 'one');
  project.write('attempt/tree/deep/b', 'two');
  const taken = await store.take(project.path('attempt/tree'), 'folder');
  assert.ok(taken?.manifest);
  project.write('source.txt', 'passed on');
  await store.putText('passed on');
  const output = { kind: 'folder' as const, digest: taken.digest, bytes: taken.bytes, count: 2 };
  const inputs = [{ input: 'text', path: 'source.txt', digest: digestText('passed on') }];
  const record = recordNamed('tree', { outputs: { tree: output, copy: fileOutput('passed on') }, inputs });
  await store.commit({ records: [{ record, material: emptyMaterial }] });
  const places = [{ out: 'tree', view: 'tree/tree', output }];
  assert.equal((await store.place({ task: record.task, record, places })).kind, 'placed');

  spoil(objectOf(project, taken.digest));
  spoil(objectOf(project, digestText('two')));
  fs.unlinkSync(objectOf(project, digestText('passed on')));
  const shown = [{ path: project.path('artifacts/tree/tree'), shown: 'artifacts/tree/tree', output }];
  const { faults } = await project.open().store.upkeep.check({ shown });
  assert.deepEqual(faults.map(({ what, owners, healedFrom }) => [what, owners.join(), healedFrom]).sort(), [
    ['damaged', 'the list of files of tree.tree', 'artifacts/tree/tree'],
    ['damaged', 'tree.tree: deep/b', 'artifacts/tree/tree/deep/b'],
    ['missing', 'tree.copy', 'source.txt'],
  ]);
  assert.deepEqual((await project.open().store.upkeep.check({ shown })).faults, []);
});

test('a view that was changed by hand heals nothing', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  await store.putText('right');
  const output = fileOutput('right');
  const record = recordNamed('task', { outputs: { out: output } });
  await store.commit({ records: [{ record, material: emptyMaterial }] });
  project.write('artifacts/task/out', 'wrong');
  fs.unlinkSync(objectOf(project, output.digest));
  const shown = [{ path: project.path('artifacts/task/out'), shown: 'artifacts/task/out', output }];
  const { faults } = await store.upkeep.check({ shown });
  assert.deepEqual(
    faults.map(({ what, healedFrom }) => [what, healedFrom]),
    [['missing', undefined]],
  );
  assert.equal(project.read('artifacts/task/out'), 'wrong');
});

test('damaged lines of records come back from the index, and their file is whole afterwards', async (context) => {
  const project = createProject(context);
  const first = project.open('first');
  for (const name of ['a', 'b', 'c']) {
    await first.store.commit({
      records: [{ record: recordNamed(name, { run: 'first' as never }), material: emptyMaterial }],
    });
  }
  await first.store.close();
  const path = project.path('.flow/records/first.jsonl');
  const lines = fs.readFileSync(path, 'utf8').split('\n');
  fs.writeFileSync(path, [lines[0], lines[1]?.replace('"seconds":0.5', '"seconds":9.5'), lines[2], ''].join('\n'));

  const second = project.open('second');
  const { faults } = await second.store.upkeep.check({ shown: [] });
  assert.deepEqual(
    faults.map(({ of, path: shown, owners, healedFrom }) => [of, shown, owners.join(), healedFrom]),
    [['records', '.flow/records/first.jsonl', 'b', 'the index']],
  );
  await second.store.close();
  fs.rmSync(project.path('.flow/index.sqlite'));
  const third = project.open('third');
  assert.equal((await third.store.find([keyNamed('b')])).get(keyNamed('b'))?.seconds, 0.5);
  assert.deepEqual((await third.store.upkeep.check({ shown: [] })).faults, []);
});

test('a damaged index is taken away and made again from the records', async (context) => {
  const project = createProject(context);
  const first = project.open('first');
  await first.store.commit({ records: [{ record: recordNamed('a'), material: emptyMaterial }] });
  await first.store.close();
  for (const end of ['', '-wal', '-shm']) fs.rmSync(project.path(`.flow/index.sqlite${end}`), { force: true });
  fs.writeFileSync(project.path('.flow/index.sqlite'), 'rubbish '.repeat(1000));
  const { store } = project.open();
  const { faults } = await store.upkeep.check({ shown: [] });
  assert.deepEqual(
    faults.map(({ of, healedFrom }) => [of, healedFrom]),
    [['index', 'the records']],
  );
  assert.equal((await store.history()).length, 1);
});

test('an index that is whole and says something else than the records is made again from them', async (context) => {
  const project = createProject(context);
  const first = project.open('first').store;
  const made = { task: 'a' as never, out: 'out', key: keyNamed('a') };
  const inputs = [{ input: 'x', path: 'artifacts/a', digest: digestText('a'), made }];
  await first.commit({ records: [{ record: recordNamed('a'), material: emptyMaterial }], items: [itemNamed('i')] });
  // Twice, and the second one was made in another way.
  for (const lr of [0.1, 0.2]) {
    const record = recordNamed('b', { startedAt: lr, inputs });
    await first.commit({ records: [{ record, material: { ...emptyMaterial, with: { lr } } }] });
  }
  const steps = await first.steps();
  await first.close();
  const check = async () => (await project.open().store.upkeep.check({ shown: [] })).faults.map(({ of }) => of);
  assert.deepEqual(await check(), []);
  for (const change of [
    `UPDATE records SET value = replace(value, '"seconds"', '"Seconds"')`,
    'UPDATE records SET started = started + 7',
    'DELETE FROM materials',
    'DELETE FROM items',
    `UPDATE words SET value = replace(value, '0.2', '0.3')`,
    'UPDATE steps SET seconds = 7',
    `UPDATE steps SET made = '[]'`,
    'UPDATE steps SET parameters = stage',
  ]) {
    const database = await openDatabase(project.path('.flow/index.sqlite'), 1000);
    database.exec(change);
    database.close();
    assert.deepEqual(await check(), ['index'], change);
    assert.deepEqual(await check(), [], change);
    assert.deepEqual(await project.open().store.steps(), steps);
  }
});

test('more than a thread is worth is hashed in threads, with the same answer', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const large = Array.from({ length: 12 }, (_, index) => String(index).padStart(5_000_000, 'x'));
  for (const text of large) await store.putText(text);
  spoil(objectOf(project, digestText(large[7] ?? '')));
  const told: number[] = [];
  const { faults, bytes } = await store.upkeep.check({ shown: [], progress: (done) => told.push(done) });
  assert.deepEqual(
    faults.map(({ digest }) => digest),
    [digestText(large[7] ?? '')],
  );
  assert.equal(told.at(-1), bytes);
});
