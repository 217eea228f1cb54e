import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { entriesOf, lookAt, project, reasonOf } from './files-project.ts';

test('links are followed; dangling ones, cycles and special files are refused by name', async (context) => {
  const { root, open } = project(context, { 'out/of/tree': 'text', 'folder/a': '1' });
  const link = (target: string, path: string) => fs.symlinkSync(target, join(root, path));
  link('../out', 'folder/linked');
  assert.deepEqual(entriesOf(await lookAt(open(), 'folder')), ['a', 'linked/of/tree']);
  link('nowhere', 'folder/dangling');
  assert.match(reasonOf(await lookAt(open(), 'folder')), /folder\/dangling is a link to something that does not exist/);
  fs.rmSync(join(root, 'folder/dangling'));
  link('..', 'folder/linked2');
  assert.match(reasonOf(await lookAt(open(), 'folder')), /linked2.* is a link to a folder that it lies in/);
  fs.rmSync(join(root, 'folder/linked2'));
  link('self', 'folder/self');
  assert.match(reasonOf(await lookAt(open(), 'folder')), /folder\/self is a link that leads to itself/);
  assert.match(reasonOf(await lookAt(open(), 'folder/self')), /leads to itself/);
  fs.rmSync(join(root, 'folder/self'));
  execFileSync('mkfifo', [join(root, 'folder/pipe')]);
  assert.match(reasonOf(await lookAt(open(), 'folder')), /folder\/pipe is neither a file nor a folder/);
});

test('a name that is not UTF-8 is refused with its bytes; spaces, quotes and newlines are names like any other', async (context) => {
  const { root, open } = project(context, { 'folder/a b"\'\n\\é\ufffd': '1' });
  assert.deepEqual(entriesOf(await lookAt(open(), 'folder')), ['a b"\'\n\\é\ufffd']);
  fs.writeFileSync(Buffer.concat([Buffer.from(join(root, 'folder/')), Buffer.from([0x61, 0xff])]), '');
  assert.match(reasonOf(await lookAt(open(), 'folder')), /folder\/a\\xff is not UTF-8/);
});

test('empty folders are part of the manifest', async (context) => {
  const { root, open } = project(context, { 'folder/a': '1' });
  fs.mkdirSync(join(root, 'folder/b/c'), { recursive: true });
  const files = open();
  const state = await lookAt(files, 'folder');
  assert.deepEqual(entriesOf(state), ['a', 'b/c/']);
  await files.save();
  assert.equal(JSON.stringify(await lookAt(open(), 'folder')), JSON.stringify(state));
  fs.mkdirSync(join(root, 'nothing'));
  assert.deepEqual(entriesOf(await lookAt(open(), 'nothing')), []);
});

test('a glob is a folder of what it matches, and never enters the store or packages', async (context) => {
  const { write, open } = project(context, {
    'photos/a.jpg': '1',
    'photos/b.png': '2',
    'photos/deep/c.jpg': '3',
    'photos/node_modules/d.jpg': '4',
    '.flow/e.jpg': '5',
  });
  const files = open();
  assert.deepEqual(entriesOf(await lookAt(files, 'photos/*.jpg', true)), ['a.jpg']);
  assert.deepEqual(entriesOf(await lookAt(files, 'photos/**/*.jpg', true)), ['a.jpg', 'deep/c.jpg']);
  assert.deepEqual(entriesOf(await lookAt(files, '**/*.jpg', true)), ['photos/a.jpg', 'photos/deep/c.jpg']);
  assert.equal((await lookAt(files, 'photos/*.gif', true)).kind, 'missing');
  assert.equal((await lookAt(files, 'nowhere/*.gif', true)).kind, 'missing');
  await files.save();
  write('photos/deep/f.jpg', '6');
  assert.deepEqual(await files.changedSince([{ path: 'photos/**/*.jpg', glob: true }]), ['photos/deep/f.jpg']);
  assert.deepEqual(await files.changedSince([{ path: 'photos/*.jpg', glob: true }]), []);
  assert.equal(entriesOf(await lookAt(open(), 'photos/**/*.jpg', true)).length, 3);
});
