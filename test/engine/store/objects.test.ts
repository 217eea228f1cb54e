import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { digestText } from '../../../engine/hash/digest.ts';
import { manifestOf } from '../../../engine/hash/manifest.ts';
import { OutputError } from '../../../engine/model/artifact.ts';
import { createProject, type TestProject } from './project.ts';

function objectOf(project: TestProject, text: string): string {
  const digest = digestText(text);
  return project.path('.flow/objects', digest.slice(0, 2), digest.slice(2));
}

test('a file is moved into the objects, read-only; a missing one is undefined', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const path = project.write('made', 'text');
  assert.deepEqual(await store.take(path, 'file'), { digest: digestText('text'), bytes: 4 });
  assert.equal(fs.existsSync(path), false);
  assert.equal(fs.readFileSync(objectOf(project, 'text'), 'utf8'), 'text');
  assert.equal(fs.statSync(objectOf(project, 'text')).mode & 0o777, 0o444);
  assert.equal(await store.take(path, 'file'), undefined);
  const large = project.write('large', 'x'.repeat(3_000_000));
  assert.equal((await store.take(large, 'file'))?.digest, digestText('x'.repeat(3_000_000)));
});

test('a folder becomes a manifest, which is an object too', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  project.write('out/a', '1');
  project.write('out/deep/b', '2');
  fs.mkdirSync(project.path('out/empty'));
  const taken = await store.take(project.path('out'), 'folder');
  const expected = manifestOf([
    { path: 'a', digest: digestText('1'), bytes: 1 },
    { path: 'deep/b', digest: digestText('2'), bytes: 1 },
    { path: 'empty/', digest: digestText(''), bytes: 0 },
  ]);
  assert.deepEqual(taken, { digest: expected.digest, bytes: 2, manifest: expected });
  assert.deepEqual(await project.open().store.readManifest(expected.digest), expected);
  const withIds = manifestOf([{ path: 'a', digest: digestText('1'), bytes: 1, id: 'photo' }]);
  assert.deepEqual(await store.readManifest(await store.putManifest(withIds)), withIds);
});

test('links and special files in an output are refused by name, and a wrong kind is said', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const refused = (path: string, kind: 'file' | 'folder', message: RegExp) =>
    assert.rejects(store.take(project.path(path), kind), (error) => {
      assert.ok(error instanceof OutputError);
      assert.match(error.message, message);
      return true;
    });
  project.write('file', 'text');
  fs.mkdirSync(project.path('out'));
  fs.symlinkSync('../file', project.path('out/link'));
  await refused('out', 'folder', /^link in it is a link/);
  await refused('out/link', 'file', /^it is a link; write the file itself/);
  await refused('out', 'file', /^it is a folder; write a file/);
  await refused('file', 'folder', /^it is no folder/);
  fs.rmSync(project.path('out/link'));
  execFileSync('mkfifo', [project.path('out/pipe')]);
  await refused('out', 'folder', /^pipe in it is a link or a special file/);
  assert.equal(project.read('file'), 'text');
});

test('an output that has a second name is copied, so that writing to that name reaches no object', async (context) => {
  const project = createProject(context);
  const { store } = project.open();
  const source = project.write('source', 'first');
  fs.linkSync(source, project.path('linked'));
  await store.take(project.path('linked'), 'file');
  fs.writeFileSync(source, 'other');
  assert.equal(await store.readText(digestText('first')), 'first');
});

test('a damaged object is never given out, leaves the store, and is healed by taking the contents again', async (context) => {
  const project = createProject(context);
  const digest = await project.open().store.putText('precious');
  const { store } = project.open();
  const object = objectOf(project, 'precious');
  fs.chmodSync(object, 0o644);
  fs.writeFileSync(object, 'tampered');
  const objects = [{ digest, bytes: 8 }];
  assert.deepEqual(await store.missing(objects), []);
  assert.equal(await store.readText(digest), undefined);
  assert.deepEqual(await store.missing(objects), [digest]);
  assert.equal(project.read(`.flow/damaged/${digest}`), 'tampered');
  await store.take(project.write('again', 'precious'), 'file');
  assert.equal(await store.readText(digest), 'precious');
});
