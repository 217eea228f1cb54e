import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { digestText } from '../../../engine/hash/digest.ts';
import type { TaskName } from '../../../engine/model/names.ts';
import { openDatabase } from '../../../engine/store/database.ts';
import { createProject, emptyMaterial, itemNamed, keyNamed, recordNamed, type TestProject } from './project.ts';

async function found(project: TestProject, names: readonly string[]): Promise<string[]> {
  const { store } = project.open();
  const records = await store.find(names.map(keyNamed));
  const items = await store.findItems(names.map(keyNamed));
  return names.filter((name) => records.has(keyNamed(name)) || items.has(keyNamed(name)));
}

test('what was committed is found by the next process: records, materials and items', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const record = recordNamed('a', { outputs: { out: null }, skips: [{ id: 'x', reason: 'y\nz' }] });
  const material = { ...emptyMaterial, with: { lr: 0.1 } };
  await store.commit({ records: [{ record, material }], items: [itemNamed('i')] });
  const next = project.open().store;
  const key = keyNamed('a');
  assert.deepEqual([...(await next.find([key, keyNamed('b')]))], [[key, record]]);
  assert.deepEqual([...(await next.materials([key]))], [[key, material]]);
  assert.deepEqual([...(await next.findItems([keyNamed('i')]))], [[keyNamed('i'), itemNamed('i')]]);
});

test('nothing is written or found in a project that never ran', async (context) => {
  const project = createProject(context);
  assert.deepEqual(await found(project, ['a']), []);
  const { store } = project.open();
  assert.deepEqual(await store.history(), []);
  assert.equal((await store.view()).size, 0);
  assert.equal(fs.existsSync(project.path('.flow')), false);
});

test('the newest record of a key counts, and the history tells all, newest first', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const commit = (name: string, startedAt: number, seconds: number) =>
    store.commit({ records: [{ record: recordNamed(name, { startedAt, seconds }), material: emptyMaterial }] });
  await commit('a', 1, 10);
  await commit('a', 3, 30);
  await commit('b', 2, 20);
  assert.equal((await store.find([keyNamed('a')])).get(keyNamed('a'))?.seconds, 30);
  assert.deepEqual(
    (await store.history()).map(({ seconds }) => seconds),
    [30, 20, 10],
  );
  assert.deepEqual(
    (await store.history('a' as TaskName)).map(({ seconds }) => seconds),
    [30, 10],
  );
});

test('steps tell of each key what went into it, by its newest record', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const made = { task: 'a' as TaskName, out: 'out', key: keyNamed('a') };
  const inputs = ['x', 'y'].map((input) => ({ input, path: 'artifacts/a', digest: digestText('a'), made }));
  const withParameters = (lr: number) => ({ ...emptyMaterial, with: { lr } });
  // The newest is entered first.
  for (const startedAt of [3, 1])
    await store.commit({
      records: [{ record: recordNamed('b', { startedAt, seconds: startedAt, inputs }), material: withParameters(0.1) }],
    });
  await store.commit({ records: [{ record: recordNamed('a'), material: withParameters(0.1) }] });
  await store.close();
  for (const fresh of [false, true]) {
    if (fresh)
      for (const end of ['', '-wal', '-shm']) fs.rmSync(project.path('.flow/index.sqlite') + end, { force: true });
    const steps = await project.open().store.steps();
    const [a, b] = [steps.keys.indexOf(keyNamed('a')), steps.keys.indexOf(keyNamed('b'))];
    assert.equal(steps.keys.length, 2);
    const stepAt = (place: number) =>
      [steps.stages, steps.seconds, steps.parameters, steps.made].map((column) => column[place]);
    assert.deepEqual(stepAt(a), ['a', 0.5, '{"lr":0.1}', []]);
    assert.deepEqual(stepAt(b), ['b', 3, '{"lr":0.1}', [a]]);
  }
});

test('small texts are found without their objects once they were read, and no other contents are', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  await store.commit({ records: [{ record: recordNamed('a'), material: emptyMaterial }] });
  const [small, large] = [await store.putText('{"mAP":0.9}'), await store.putText(' '.repeat(100_000))];
  const gone = digestText('never written');
  const wanted = [small, large, gone];
  assert.deepEqual([...(await store.readTexts(wanted)).keys()], [small, large]);
  await store.close();
  const next = project.open().store;
  for (const digest of [small, large])
    fs.rmSync(project.path(`.flow/objects/${digest.slice(0, 2)}/${digest.slice(2)}`));
  assert.deepEqual([...(await next.readTexts(wanted))], [[small, '{"mAP":0.9}']]);
});

test('an index of another form is filled again from the records', async (context) => {
  const project = createProject(context);
  const first = project.open().store;
  await first.commit({ records: [{ record: recordNamed('a'), material: emptyMaterial }], items: [itemNamed('i')] });
  await first.close();
  const database = await openDatabase(project.path('.flow/index.sqlite'), 1000);
  database.exec('PRAGMA user_version = 0; DROP TABLE steps; ALTER TABLE items RENAME COLUMN value TO former;');
  database.close();
  assert.deepEqual(await found(project, ['a', 'b', 'i']), ['a', 'i']);
  assert.equal((await project.open().store.steps()).keys.length, 1);
});

test('commits at once are all there, and each is found when it returns', async (context) => {
  const { store } = createProject(context).open();
  await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      await store.commit({ items: [itemNamed(`item ${index}`)] });
      assert.equal((await store.findItems([keyNamed(`item ${index}`)])).size, 1);
    }),
  );
});

test('an index that is deleted, damaged or of another process is made again from the records', async (context) => {
  const project = createProject(context);
  const first = project.open().store;
  await first.commit({ records: [{ record: recordNamed('a'), material: emptyMaterial }], items: [itemNamed('i')] });
  await first.close();
  const index = project.path('.flow/index.sqlite');
  for (const end of ['', '-wal', '-shm']) fs.rmSync(index + end, { force: true });
  assert.deepEqual(await found(project, ['a', 'b', 'i']), ['a', 'i']);
  const store = project.open().store;
  await store.find([keyNamed('a')]);
  await store.close();
  for (const end of ['-wal', '-shm']) fs.rmSync(index + end, { force: true });
  fs.writeFileSync(index, 'This is no database at all, and longer than its head would be. '.repeat(20));
  assert.deepEqual(await found(project, ['a', 'b', 'i']), ['a', 'i']);
});

test('whatever byte of a text in the index is another one, answers are those of the records', async (context) => {
  const project = createProject(context);
  const first = project.open().store;
  const material = { ...emptyMaterial, with: { text: 'hello' } };
  await first.commit({ records: [{ record: recordNamed('a'), material }], items: [itemNamed('i')] });
  const text = await first.putText('{"score":"hello"}');
  const answers = async () => {
    const { store } = project.open();
    const answer = {
      records: [...(await store.find([keyNamed('a')]))],
      history: await store.history(),
      materials: [...(await store.materials([keyNamed('a')]))],
      items: [...(await store.findItems([keyNamed('i')]))],
      steps: await store.steps(),
      texts: [...(await store.readTexts([text]))],
    };
    await store.close();
    return answer;
  };
  const before = await answers();
  // No JSON any more, no UTF-8 any more, and a text that looks right.
  for (const byte of ["' '", "x'ff'", "'j'"])
    for (const table of ['records', 'materials', 'items', 'words', 'texts'])
      for (const at of [1, 2, 9]) {
        const database = await openDatabase(project.path('.flow/index.sqlite'), 1000);
        const { changes } = database
          .prepare(
            `UPDATE ${table} SET value = CAST(
              CAST(substr(value, 1, ${at} - 1) AS BLOB) || ${byte} || CAST(substr(value, ${at} + 1) AS BLOB) AS TEXT)
            WHERE length(value) > ${at}`,
          )
          .run();
        database.close();
        assert.ok(changes > 0 || at === 9, table);
        assert.deepEqual(await answers(), before, `${table}, byte ${at}: ${byte}`);
      }
});

test('a record that was cut off or damaged is passed over, the others stay', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  for (const name of ['a', 'b', 'c'])
    await store.commit({ records: [{ record: recordNamed(name), material: emptyMaterial }] });
  await store.close();
  const segment = project.path('.flow/records/run-1.jsonl');
  const text = fs.readFileSync(segment, 'utf8');
  const afresh = async (changed: string) => {
    fs.writeFileSync(segment, changed);
    for (const end of ['', '-wal', '-shm']) fs.rmSync(project.path('.flow/index.sqlite') + end, { force: true });
    return found(project, ['a', 'b', 'c']);
  };
  assert.deepEqual(await afresh(text.slice(0, -10)), ['a', 'b']);
  assert.deepEqual(await afresh(text.replace('"task":"b"', '"task":"d"')), ['a', 'c']);
  assert.deepEqual(await afresh('\0'.repeat(100)), []);
  assert.deepEqual(await afresh(text), ['a', 'b', 'c']);
});

test('what another process commits meanwhile is found', async (context) => {
  const project = createProject(context);
  const one = project.open().store;
  const two = project.open().store;
  await one.commit({ items: [itemNamed('one')] });
  await two.commit({ items: [itemNamed('two')] });
  await one.commit({ items: [itemNamed('three')] });
  assert.equal((await one.findItems([keyNamed('two')])).size, 1);
  assert.equal((await two.findItems([keyNamed('one'), keyNamed('three')])).size, 2);
});

test('two claims at once both find what another run recorded meanwhile', async (context) => {
  const project = createProject(context);
  const signal = new AbortController().signal;
  const names = ['a', 'b', 'c'];
  const other = project.open('other').store;
  // Known to hold none of them, without an index yet: opening it takes longer than a claim does.
  const { store } = project.open('own');
  assert.equal((await store.find(names.map(keyNamed))).size, 0);
  await other.commit({ records: names.map((name) => ({ record: recordNamed(name), material: emptyMaterial })) });
  const asked = names.map(async (name) => {
    await store.claim(keyNamed(name), signal);
    return (await store.find([keyNamed(name)])).has(keyNamed(name));
  });
  assert.deepEqual(await Promise.all(asked), [true, true, true]);
});
