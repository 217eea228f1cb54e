import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestText } from '../../../engine/hash/digest.ts';
import { manifestOf, treeOf } from '../../../engine/hash/manifest.ts';
import type { OutputRecord } from '../../../engine/model/artifact.ts';
import type { TaskName } from '../../../engine/model/names.ts';
import type { OpenStore } from '../../../engine/store/store.ts';
import { createProject, fileOutput, recordNamed } from './project.ts';

function place(store: OpenStore, view: string, output: OutputRecord | null) {
  const record = recordNamed('task', { outputs: { out: output } });
  return store.place({ task: record.task, record, places: [{ out: 'out', view, output }] });
}

async function folderOf(
  store: OpenStore,
  kind: 'folder' | 'items',
  texts: Record<string, string>,
): Promise<OutputRecord> {
  for (const text of Object.values(texts)) await store.putText(text);
  const entries = Object.entries(texts).map(([path, text]) => ({
    path,
    digest: digestText(text),
    bytes: text.length,
    ...(kind === 'items' ? { id: path } : {}),
  }));
  const manifest = manifestOf(entries);
  const digest = await store.putManifest(manifest);
  return { kind, digest, bytes: 0, ...(kind === 'items' ? { tree: treeOf(manifest).digest } : {}) };
}

test('a file is put in place writable, replaced, taken away, and the book remembers it', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  await store.putText('one');
  await store.putText('two');
  assert.deepEqual(await place(store, 'task/out', fileOutput('one')), { kind: 'placed', movedAside: [] });
  assert.equal(project.read('artifacts/task/out'), 'one');
  assert.equal(fs.statSync(project.path('artifacts/task/out')).mode & 0o777, 0o644);
  assert.deepEqual(await place(store, 'task/out', fileOutput('two')), { kind: 'placed', movedAside: [] });
  assert.equal(project.read('artifacts/task/out'), 'two');
  await store.saveView({ profile: 'quality', set: [] });
  const next = project.open().store;
  assert.deepEqual((await next.view()).get('task' as TaskName)?.record.outputs, { out: fileOutput('two') });
  assert.deepEqual(await next.viewSettings(), { profile: 'quality', set: [] });
  assert.deepEqual(await place(next, 'task/out', null), { kind: 'placed', movedAside: [] });
  assert.equal(fs.existsSync(project.path('artifacts/task/out')), false);
});

test('a file that a person edited is moved aside and named, twice under two names', async (context) => {
  const project = createProject(context);
  const { store } = project.open('run-9');
  await store.putText('made');
  for (const [edit, name] of [
    ['my own', 'task/out'],
    ['my next', 'task/out.2'],
  ] as const) {
    await place(store, 'task/out', fileOutput('made'));
    project.write('artifacts/task/out', edit);
    const placed = await place(store, 'task/out', fileOutput('made'));
    const to = `.flow/edited/run-9/${name}`;
    assert.deepEqual(placed, { kind: 'placed', movedAside: [{ from: 'artifacts/task/out', to }] });
    assert.equal(project.read('artifacts/task/out'), 'made');
    assert.equal(project.read(to), edit);
  }
});

test('what is written into a file of the view after the look is moved aside where another takes its place', async (context) => {
  const project = createProject(context);
  const { store } = project.open('run-9');
  const texts = { 'a/a': 'a', 'b/b': 'b' };
  await place(store, 'task/out', await folderOf(store, 'folder', texts));
  // A look that finds it all in place, as a run's first one does.
  await place(store, 'task/out', await folderOf(store, 'folder', texts));
  project.write('artifacts/task/out/b/b', 'my own');
  const placed = await place(store, 'task/out', await folderOf(store, 'folder', { ...texts, 'b/b': 'new' }));
  const to = '.flow/edited/run-9/task/out/b/b';
  assert.deepEqual(placed, { kind: 'placed', movedAside: [{ from: 'artifacts/task/out/b/b', to }] });
  assert.equal(project.read('artifacts/task/out/b/b'), 'new');
  assert.equal(project.read(to), 'my own');
});

for (const kind of ['folder', 'items'] as const) {
  test(`of a place for ${kind} only what differs is written, leftovers go, what is foreign is kept aside`, async (context) => {
    const project = createProject(context);
    const { store, files } = project.open();
    const first = await folderOf(store, kind, { a: '1', 'deep/b': '2', 'gone/c': '3' });
    await place(store, 'task', first);
    const inode = fs.statSync(project.path('artifacts/task/a')).ino;
    project.write('artifacts/task/notes.txt', 'a person wrote this');
    const second = await folderOf(store, kind, { a: '1', 'deep/b': 'changed', new: '4' });
    const placed = await place(store, 'task', second);
    assert.ok(placed.kind === 'placed');
    assert.deepEqual(
      placed.movedAside.map(({ from }) => from),
      ['artifacts/task/notes.txt'],
    );
    assert.equal(project.read(placed.movedAside[0]?.to ?? ''), 'a person wrote this');
    assert.equal(fs.statSync(project.path('artifacts/task/a')).ino, inode);
    assert.equal(project.read('artifacts/task/deep/b'), 'changed');
    assert.equal(fs.existsSync(project.path('artifacts/task/gone')), false);
    const [state] = await files.look([{ path: 'artifacts/task', glob: false }]);
    assert.equal(state?.kind === 'folder' && state.digest, second.tree ?? second.digest);
    assert.equal(fs.statSync(project.path('artifacts/task/a')).nlink, kind === 'items' ? 2 : 1);
  });
}

test('an output that is declared no more leaves the view; what a person made of it is moved aside', async (context) => {
  const project = createProject(context);
  const show = async (places: Record<string, OutputRecord>) => {
    // Each time another process, as each edit of a pipeline is followed by one.
    const { store } = project.open('run-9');
    for (const text of ['one', 'two']) await store.putText(text);
    await folderOf(store, 'folder', { a: '1', b: '2' });
    const record = recordNamed('task', { outputs: places });
    const listed = Object.entries(places).map(([view, output]) => ({ out: view, view, output }));
    const placed = await store.place({ task: record.task, record, places: listed });
    await store.saveView();
    await store.close();
    assert.ok(placed.kind === 'placed');
    return placed.movedAside.map(({ from }) => from);
  };
  const folder = await folderOf(project.open().store, 'folder', { a: '1', b: '2' });
  assert.deepEqual(
    await show({ 'task/out': fileOutput('one'), 'task/old': fileOutput('two'), 'task/list/': folder }),
    [],
  );
  assert.deepEqual(await show({ 'task/out': fileOutput('one') }), []);
  assert.deepEqual(fs.readdirSync(project.path('artifacts/task')), ['out']);
  await show({ 'task/out': fileOutput('one'), 'task/old': fileOutput('two') });
  project.write('artifacts/task/old', 'my own');
  assert.deepEqual(await show({ 'task/new': fileOutput('two') }), ['artifacts/task/old']);
  assert.equal(project.read('.flow/edited/run-9/task/old'), 'my own');
  assert.deepEqual(fs.readdirSync(project.path('artifacts/task')), ['new']);
  // Where the new place lies within the old one, what is there makes room as it always did.
  await show({ 'task/new/file': fileOutput('one') });
  assert.equal(project.read('artifacts/task/new/file'), 'one');
});

test('a file takes the place of a folder and a folder that of a file', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  await store.putText('file');
  const folder = await folderOf(store, 'folder', { 'a/b': '1' });
  await place(store, 'task/out', folder);
  await place(store, 'task/out', fileOutput('file'));
  assert.equal(project.read('artifacts/task/out'), 'file');
  await place(store, 'task/out', folder);
  assert.equal(project.read('artifacts/task/out/a/b'), '1');
  await place(store, 'task/out', await folderOf(store, 'folder', { a: '2' }));
  assert.equal(project.read('artifacts/task/out/a'), '2');
});

test('a folder with empty folders, and an empty one, are put in place', async (context) => {
  const project = createProject(context);
  const { store, files } = project.open();
  fs.mkdirSync(project.path('out/empty/within'), { recursive: true });
  for (const path of ['out', 'bare']) {
    fs.mkdirSync(project.path(path), { recursive: true });
    const taken = await store.take(project.path(path), 'folder');
    assert.ok(taken);
    const query = { path: `artifacts/${path}`, glob: false };
    await place(store, path, { kind: 'folder', digest: taken.digest, bytes: 0 });
    assert.deepEqual(await files.changedSince([query]), []);
    const [state] = await files.look([query]);
    assert.equal(state?.kind === 'folder' && state.digest, taken.digest);
  }
});

test('a damaged or missing object is refused before anything is touched, and put out of the store', async (context) => {
  const project = createProject(context);
  const first = project.open().store;
  const output = await folderOf(first, 'items', { a: '1', b: '2' });
  await first.putText('text');
  const object = (text: string) =>
    project.path('.flow/objects', digestText(text).slice(0, 2), digestText(text).slice(2));
  for (const text of ['2', 'text']) {
    fs.chmodSync(object(text), 0o644);
    fs.writeFileSync(object(text), text.toUpperCase() === text ? '3' : 'TEXT');
  }
  const { store } = project.open();
  assert.deepEqual(await place(store, 'task/out', fileOutput('text')), {
    kind: 'damaged',
    digests: [digestText('text')],
  });
  assert.equal(fs.existsSync(project.path('artifacts/task/out')), false);
  assert.deepEqual(await place(store, 'folder', output), { kind: 'damaged', digests: [digestText('2')] });
  assert.equal(fs.existsSync(object('2')), false);
  assert.equal(fs.existsSync(project.path('artifacts/folder/b')), false);
  assert.equal((await store.view()).size, 0);
  assert.deepEqual(await place(store, 'folder', output), { kind: 'damaged', digests: [digestText('2')] });
  await store.putText('2');
  assert.deepEqual(await place(store, 'folder', output), { kind: 'placed', movedAside: [] });
});

test('an object that went missing is healed from the view that is in place', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const digest = await store.putText('text');
  await place(store, 'task/out', fileOutput('text'));
  fs.rmSync(project.path('.flow/objects', digest.slice(0, 2)), { recursive: true });
  const next = project.open().store;
  assert.deepEqual(await place(next, 'task/out', fileOutput('text')), { kind: 'placed', movedAside: [] });
  assert.equal(await next.readText(digest), 'text');
});

test('a read-only artifacts/ is a clear failure; the store stays whole and the next run goes on', async (context) => {
  const project = createProject(context);
  // For root every folder is writable, so that this goes on as nobody.
  if (process.getuid?.() === 0) {
    fs.chownSync(project.path('.'), 65_534, 65_534);
    process.seteuid?.(65_534);
    context.after(() => process.seteuid?.(0));
  }
  const { store } = project.open();
  await store.putText('text');
  fs.mkdirSync(project.path('artifacts'));
  fs.chmodSync(project.path('artifacts'), 0o555);
  const error = await place(store, 'task/out', fileOutput('text')).catch((thrown: unknown) => thrown);
  const failure = store.diskFailure(error);
  assert.ok(failure?.kind === 'disk');
  assert.match(failure.message, /no permission for .*artifacts\/task/);
  fs.chmodSync(project.path('artifacts'), 0o755);
  assert.deepEqual(await place(store, 'task/out', fileOutput('text')), { kind: 'placed', movedAside: [] });
});

test('a file where artifacts/ has to be is a clear failure, and is left alone', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  await store.putText('text');
  project.write('artifacts', 'a note');
  const error = await place(store, 'task/out', fileOutput('text')).catch((thrown: unknown) => thrown);
  const failure = store.diskFailure(error);
  assert.match(failure?.kind === 'disk' ? failure.message : String(error), /a file stands where a folder has to be/);
  assert.equal(project.read('artifacts'), 'a note');
});

test('a full disk is said as such, and what was kept before stays', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  await store.putText('text');
  // /dev/full is Linux's disk without space; other systems have none, and a real full disk is filled in cli/disks.test.ts.
  if (!fs.existsSync('/dev/full')) return context.skip('there is no /dev/full here');
  fs.mkdirSync(project.path('.flow/records'), { recursive: true });
  fs.symlinkSync('/dev/full', project.path('.flow/records/run-1.jsonl'));
  const error = await store
    .commit({ items: [] })
    .then(() => store.commit({ records: [{ record: recordNamed('a'), material: {} as never }] }))
    .catch((thrown: unknown) => thrown);
  const failure = store.diskFailure(error);
  assert.match(failure?.kind === 'disk' ? failure.message : String(error), /the disk is full/);
  fs.rmSync(project.path('.flow/records/run-1.jsonl'));
  assert.equal(await project.open().store.readText(digestText('text')), 'text');
});

test('clearing the view leaves the objects', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const digest = await store.putText('text');
  await place(store, 'task/out', fileOutput('text'));
  await store.saveView();
  assert.deepEqual(await store.clearView(), { files: 1, bytes: 4, movedAside: [] });
  assert.equal(fs.existsSync(join(project.root, 'artifacts')), false);
  assert.equal((await store.view()).size, 0);
  assert.equal((await project.open().store.view()).size, 0);
  assert.equal(await store.readText(digest), 'text');
});
