/** Nothing below .flow/ grows for ever, and what goes is nothing that anybody can still ask for. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { type TestContext, test } from 'node:test';
import { digestText } from '../../../engine/hash/digest.ts';
import type { RunId } from '../../../engine/model/names.ts';
import type { ItemRecord } from '../../../engine/model/record.ts';
import type { CollectRequest } from '../../../engine/model/upkeep.ts';
import {
  createProject,
  emptyMaterial,
  fileOutput,
  keyNamed,
  recordNamed,
  collectRequest as request,
  type TestProject,
} from './project.ts';

const day = 24 * 3600 * 1000;

function madeItem(name: string, text: string): ItemRecord {
  const outputs = { out: { digest: digestText(text), bytes: text.length } };
  return { key: keyNamed(name), id: name, seconds: 0.1, result: { kind: 'made', outputs } };
}

/** What one run records and then ends. */
async function record(project: TestProject, items: readonly ItemRecord[], texts: readonly string[], task = 'task') {
  const { store } = project.open();
  for (const text of texts) await store.putText(text);
  const [first = 'nothing'] = texts;
  const made = recordNamed(task, { outputs: { out: fileOutput(first) }, startedAt: 1000 + segments(project).length });
  await store.commit({ records: [{ record: made, material: emptyMaterial }], items });
  await store.close();
}

const segments = (project: TestProject) => {
  const folder = project.path('.flow/records');
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
};

async function collect(project: TestProject, more: Partial<CollectRequest> = {}) {
  const { store } = project.open();
  const { dropped } = await store.upkeep.collect({ ...request, ...more });
  await store.close();
  return dropped.filter(({ kind }) => kind !== 'unused').map(({ kind, count }) => `${kind} ${count}`);
}

/** What the store answers, to a process that just opened it. */
async function answers(project: TestProject) {
  const { store } = project.open();
  const items = await store.findItems(['a', 'b', 'c', 'skipped'].map(keyNamed));
  const history = await store.history();
  const materials = await store.materials(history.map(({ key }) => key));
  await store.close();
  return [
    [...items.values()]
      .map(({ id }) => id)
      .sort()
      .join(' '),
    history.map(({ task }) => task).join(' '),
    materials.size,
  ];
}

/** Of `b` there are two records, of `c` one whose file is gone. */
async function filled(context: TestContext): Promise<TestProject> {
  const project = createProject(context);
  const skipped: ItemRecord = {
    key: keyNamed('skipped'),
    id: 'skipped',
    seconds: 0,
    result: { kind: 'skipped', reason: 'no' },
  };
  await record(project, [madeItem('a', 'A'), madeItem('b', 'B'), skipped], ['A', 'B'], 'first');
  await record(project, [madeItem('b', 'B'), madeItem('c', 'C')], ['B'], 'second');
  return project;
}

test('records of items that can only be made again go; those of tasks stay, and all answers with them', async (context) => {
  const project = await filled(context);
  assert.deepEqual(await answers(project), ['a b c skipped', 'second first', 2]);
  // Opened before, as the page has it.
  const open = project.open();
  assert.equal((await open.store.history()).length, 2);
  assert.deepEqual(await collect(project, { dryRun: true }), ['record 2']);
  assert.equal(segments(project).length, 2);
  assert.deepEqual(await collect(project), ['record 2']);
  assert.equal(segments(project).length, 1);
  const after = ['a b skipped', 'second first', 2];
  assert.deepEqual(await answers(project), after);
  assert.equal((await open.store.history()).length, 2);
  assert.deepEqual(await collect(project), []);
  fs.rmSync(project.path('.flow/index.sqlite'));
  assert.deepEqual(await answers(project), after);
  assert.deepEqual((await project.open().store.upkeep.check({ shown: [] })).faults, []);
});

test('an item whose file is dropped loses its record in the same collection', async (context) => {
  const project = createProject(context);
  await record(project, [madeItem('a', 'A')], ['T', 'A']);
  assert.deepEqual(await collect(project, { maxBytes: 0 }), ['item 1', 'result 1', 'record 1']);
  assert.deepEqual(await answers(project), ['', 'task', 1]);
});

test('a collection that was killed after it wrote the records as one leaves none of them twice', async (context) => {
  const project = await filled(context);
  const left = segments(project).map((name) => [name, project.read(`.flow/records/${name}`)] as const);
  await collect(project);
  for (const [name, text] of left) project.write(`.flow/records/${name}`, text);
  const after = await answers(project);
  assert.deepEqual(after.slice(1), ['second first', 2]);
  // And the next one finds the rest.
  assert.notDeepEqual(await collect(project), []);
  assert.deepEqual(await answers(project), ['a b skipped', 'second first', 2]);
  assert.equal(segments(project).length, 1);
});

test('while a run goes on, and while lines are damaged that the index may know, records are left alone', async (context) => {
  const project = await filled(context);
  const { store } = project.open();
  await store.attemptFolder('x' as never);
  assert.deepEqual(await collect(project), []);
  await store.close();
  const [name = ''] = segments(project);
  project.write(`.flow/records/${name}`, project.read(`.flow/records/${name}`).replace('first', 'fizst'));
  assert.deepEqual(await collect(project), []);
  assert.equal(segments(project).length, 2);
  assert.equal((await answers(project))[1], 'second first');
  assert.equal((await project.open('verifier').store.upkeep.check({ shown: [] })).faults[0]?.healedFrom, 'the index');
});

test('the records of many runs become one file', async (context) => {
  const project = createProject(context);
  for (let run = 0; run < 101; run += 1) await record(project, [], [], `task${run}`);
  const before = await answers(project);
  assert.deepEqual(await collect(project), []);
  assert.equal(segments(project).length, 1);
  assert.deepEqual(await answers(project), before);
  assert.equal((before[1] as string).split(' ').length, 101);
});

test('old journals lose their reports of progress, and what was dropped is told once', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const run = '20260101-000000-aaaaaa' as RunId;
  const head = { run, at: 0, pipeline: 'pipeline.yaml', targets: [], force: [], settings: { set: [] } };
  const journal = store.openJournal(head, () => 300 * tick++);
  let tick = 0;
  journal.write({ kind: 'started', task: 'a' as never, because: [], attempt: 1, at: 0 });
  for (let done = 0; done < 3; done += 1)
    journal.write({ kind: 'progress', task: 'a' as never, done, total: 3, unit: 'x' });
  journal.write({ kind: 'notice', text: '"progress" is made' });
  await journal.close({});
  const kinds = async () => (await store.readJournal(run))?.entries.map(({ event }) => event.kind).join(' ');
  assert.equal(await kinds(), 'started progress progress progress notice');
  assert.deepEqual(await collect(project), []);
  assert.deepEqual(await collect(project, { at: Date.now() + 8 * day }), ['journal 3']);
  assert.equal(await kinds(), 'started notice');
  assert.deepEqual((await store.readJournal(run))?.end, { keys: {} });

  await record(project, [], ['x']);
  for (const turn of [1, 2, 3]) await collect(project, { maxBytes: 0, at: Date.now() + turn });
  assert.equal(fs.readdirSync(project.path('.flow/dropped')).length, 1);
  assert.equal((await project.open().store.upkeep.check({ shown: [] })).dropped, 1);
});

test('what is known of files goes when nobody has asked for it for a week', async (context) => {
  const project = createProject(context);
  for (const folder of ['used', 'unused']) project.write(`${folder}/a.txt`, folder);
  const look = async (...folders: string[]) => {
    const { files } = project.open();
    await files.look(folders.map((path) => ({ path, glob: false })));
    await files.save();
  };
  await look('used', 'unused');
  const packs = () => fs.readdirSync(project.path('.flow/cache/files'));
  const all = packs();
  const past = (Date.now() - 8 * day) / 1000;
  for (const name of all) fs.utimesSync(project.path('.flow/cache/files', name), past, past);
  await look('used');
  const dropped = await collect(project);
  assert.equal(packs().length, all.length - Number(dropped[0]?.split(' ')[1]));
  assert.match(String(dropped), /^cache [12]$/);
  assert.ok(packs().length > 0);
  // What stayed is still known: read once more, the folder is not hashed again.
  const before = packs().map((name) => project.read(`.flow/cache/files/${name}`));
  await look('used');
  assert.deepEqual(
    packs().map((name) => project.read(`.flow/cache/files/${name}`)),
    before,
  );
});
