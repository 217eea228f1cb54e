import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestText } from '../../../engine/hash/digest.ts';
import { lookAt, project } from './files-project.ts';

// What the engine wrote itself, beside what changed under it.

test('a folder that the engine filled is known as a whole to the next process', async (context) => {
  const { root, write, open } = project(context, { 'many/0.txt': '0', 'few/0.txt': '0' });
  const learned = async (folder: string, count: number) => {
    const files = open({ worthWalk: 100 });
    const paths = Array.from({ length: count }, (_, index) => `${folder}/${index}.txt`);
    for (const [index, path] of paths.entries()) write(path, String(index));
    const seen = paths.map((path, index) => ({ path: join(root, path), digest: digestText(String(index)) }));
    files.learn([...seen, { path: `${join(root, folder)}/`, digest: null }]);
    await files.save();
    write(`${folder}/later.txt`, 'later');
    let isKnown = false;
    const [state] = await open().look([{ path: folder, glob: false }], () => {
      isKnown = true;
    });
    const entries = state?.kind === 'folder' ? state.manifest().entries : [];
    return { isKnown, files: entries.length, digests: new Set(entries.map(({ digest }) => digest)).size };
  };
  assert.deepEqual(await learned('many', 100), { isKnown: true, files: 101, digests: 101 });
  assert.deepEqual(await learned('few', 10), { isKnown: false, files: 11, digests: 11 });
});

test('what changed since the last look is named; what the engine wrote itself is not', async (context) => {
  const { root, write, open } = project(context, { a: '1', 'folder/b': '2', 'folder/c': '3' });
  const files = open();
  const queries = ['a', 'folder', 'later'].map((path) => ({ path, glob: false }));
  await files.look(queries);
  assert.deepEqual(await files.changedSince(queries), []);
  write('folder/b', '4');
  fs.rmSync(join(root, 'folder/c'));
  write('folder/d', '5');
  write('later', '6');
  assert.deepEqual((await files.changedSince(queries)).toSorted(), ['folder/b', 'folder/c', 'folder/d', 'later']);
  files.learn([
    { path: join(root, 'folder/b'), digest: digestText('4') },
    { path: join(root, 'folder/c'), digest: null },
    { path: join(root, 'folder/d'), digest: digestText('5') },
    { path: join(root, 'later'), digest: digestText('6') },
  ]);
  assert.deepEqual(await files.changedSince(queries), []);
  write('folder/d', '7');
  assert.deepEqual(await files.changedSince(queries), ['folder/d']);
  assert.deepEqual(await files.changedSince([{ path: 'never looked at', glob: false }]), ['never looked at']);
});

test('what was learned is known, also in its folder and to the next process, until it is changed', async (context) => {
  const { root, write, open } = project(context, { 'folder/a': '1' });
  const files = open();
  // The engine's word is believed; a false one makes that visible here.
  files.learn([{ path: join(root, 'folder/a'), digest: digestText('believed') }]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  files.learn([{ path: join(root, 'folder/a'), digest: digestText('believed') }]);
  await files.save();
  const next = open();
  const state = await lookAt(next, 'folder');
  assert.ok(state.kind === 'folder' && state.manifest().entries[0]?.digest === digestText('believed'));
  write('folder/a', '2');
  const after = await lookAt(next, 'folder');
  assert.ok(after.kind === 'folder' && after.manifest().entries[0]?.digest === digestText('2'));
});
