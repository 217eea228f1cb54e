import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFiles } from '../../../engine/files/files.ts';
import { decodePack, encodePack } from '../../../engine/files/pack.ts';
import { digestText } from '../../../engine/hash/digest.ts';
import { manifestOf } from '../../../engine/hash/manifest.ts';
import type { PathState } from '../../../engine/model/artifact.ts';
import { lookAt, project } from './files-project.ts';

test('files, folders and what is missing, in the order of the queries', async (context) => {
  const { open } = project(context, { 'a.txt': 'one', 'folder/b.txt': 'two', 'folder/c/d.txt': '' });
  const states = await open().look(
    ['a.txt', 'nothing', 'folder', 'a.txt/below'].map((path) => ({ path, glob: false })),
  );
  assert.deepEqual(
    states.map(({ kind }) => kind),
    ['file', 'missing', 'folder', 'missing'],
  );
  const expected = manifestOf([
    { path: 'b.txt', digest: digestText('two'), bytes: 3 },
    { path: 'c/d.txt', digest: digestText(''), bytes: 0 },
  ]);
  assert.deepEqual(states[0], { kind: 'file', digest: digestText('one'), bytes: 3 });
  assert.ok(states[2]?.kind === 'folder');
  assert.equal(states[2].digest, expected.digest);
  assert.deepEqual(states[2].manifest(), expected);
});

test('an unchanged folder and file are known to the next process without being read', async (context) => {
  const { root, open } = project(context, { 'a.txt': 'one', 'folder/b.txt': 'two' });
  const first = open();
  const queries = ['a.txt', 'folder'].map((path) => ({ path, glob: false }));
  await first.look(queries);
  await first.save();
  // The packs are given other digests for the same stats: an answer with these cannot come from the files.
  const folder = join(root, '.flow/cache');
  const packs = fs.readdirSync(folder).filter((name) => name.endsWith('.pack'));
  assert.equal(packs.length, 2);
  for (const name of packs) {
    const pack = decodePack(fs.readFileSync(join(folder, name)));
    assert.ok(pack);
    const digest = pack.digest === '' ? '' : digestText('planted folder');
    const digests = Buffer.from(digestText('planted file'), 'hex');
    fs.writeFileSync(join(folder, name), encodePack({ ...pack, digests, digest }));
  }
  const [file, planted] = await open().look(queries);
  assert.ok(file?.kind === 'file' && file.digest === digestText('planted file'));
  assert.ok(planted?.kind === 'folder' && planted.digest === digestText('planted folder'));
  assert.equal(planted.manifest().entries[0]?.digest, digestText('planted file'));
});

test('a glance sees what came, went and was replaced; what was written in place is seen when any change was found', async (context) => {
  const { root, write, open } = project(context, { 'folder/a.txt': 'a', 'folder/b/b.txt': 'b', 'folder/c/c.txt': 'c' });
  const files = open();
  const queries = [{ path: 'folder', glob: false }];
  const seen = async (look: typeof files.look) => {
    const [state] = await look(queries);
    return Object.fromEntries(state?.kind === 'folder' ? state.manifest().entries.map((e) => [e.path, e.digest]) : []);
  };
  const digests = (texts: Record<string, string>) =>
    Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, digestText(text)]));
  // The first glance is a look.
  assert.deepEqual(await seen(files.glance), digests({ 'a.txt': 'a', 'b/b.txt': 'b', 'c/c.txt': 'c' }));
  write('folder/b/new.txt', 'new');
  fs.rmSync(join(root, 'folder/a.txt'));
  write('elsewhere', 'C');
  fs.renameSync(join(root, 'elsewhere'), join(root, 'folder/c/c.txt'));
  const after = { 'b/b.txt': 'b', 'b/new.txt': 'new', 'c/c.txt': 'C' };
  assert.deepEqual(await seen(files.glance), digests(after));
  write('folder/b/b.txt', 'B');
  assert.deepEqual(await seen(files.glance), digests(after));
  assert.deepEqual(await files.changedSince([{ path: 'folder/b/b.txt', glob: false }]), ['folder/b/b.txt']);
  assert.deepEqual(await seen(files.glance), digests({ ...after, 'b/b.txt': 'B' }));
});

test('a look says at once that names came or went in a folder that is known, and of nothing else', async (context) => {
  const { root, write, open } = project(context, { 'folder/a.txt': 'a', 'folder/b/b.txt': 'b' });
  const queries = [{ path: 'folder', glob: false }];
  const stirs = async () => {
    const files = open();
    let told = 0;
    await files.look(queries, () => {
      told += 1;
    });
    await files.save();
    return told;
  };
  assert.equal(await stirs(), 0, 'nothing is known yet');
  // A folder that was made just now is read once more.
  await stirs();
  assert.equal(await stirs(), 0);
  write('folder/a.txt', 'other');
  assert.equal(await stirs(), 0, 'written in its place');
  write('folder/b/c.txt', 'c');
  assert.ok((await stirs()) > 0);
  await stirs();
  fs.rmSync(join(root, 'folder/a.txt'));
  assert.ok((await stirs()) > 0);
});

test('a file with new bytes but the old size and time is noticed through its ctime', async (context) => {
  const { root, write, open } = project(context, { 'a.txt': 'one', 'folder/b.txt': 'two' });
  // A whole second, since a time that is put back has no more than microseconds.
  const setTime = (path: string) => fs.utimesSync(join(root, path), 1e9, 1e9);
  setTime('a.txt');
  setTime('folder/b.txt');
  const files = open();
  await files.look(['a.txt', 'folder'].map((path) => ({ path, glob: false })));
  await files.save();
  for (const [path, text] of [
    ['a.txt', 'ONE'],
    ['folder/b.txt', 'TWO'],
  ] as const) {
    write(path, text);
    setTime(path);
  }
  const queries = ['a.txt', 'folder'].map((path) => ({ path, glob: false }));
  assert.deepEqual(await files.changedSince(queries), ['a.txt', 'folder/b.txt']);
  const next = open();
  assert.deepEqual(await lookAt(next, 'a.txt'), { kind: 'file', digest: digestText('ONE'), bytes: 3 });
  const folder = await lookAt(next, 'folder');
  assert.ok(folder.kind === 'folder' && folder.manifest().entries[0]?.digest === digestText('TWO'));
});

test('files added, removed and renamed are seen, and the digest comes back with the contents', async (context) => {
  const { root, write, open } = project(context, { 'folder/a': '1', 'folder/b': '2' });
  const files = open();
  const digests: string[] = [];
  const look = async () => {
    const state = await lookAt(files, 'folder');
    digests.push(state.kind === 'folder' ? state.digest : state.kind);
  };
  await look();
  write('folder/c', '3');
  await look();
  fs.renameSync(join(root, 'folder/c'), join(root, 'folder/d'));
  await look();
  fs.mkdirSync(join(root, 'folder/empty'));
  await look();
  fs.rmSync(join(root, 'folder/d'));
  fs.rmdirSync(join(root, 'folder/empty'));
  await look();
  assert.equal(new Set(digests).size, 4);
  assert.equal(digests[4], digests[0]);
});

test('a touched large file is told by its fingerprint, a changed one by its new digest', async (context) => {
  const { root, write, open } = project(context);
  const bytes = Buffer.alloc(3_000_000, 'abcdefg');
  write('large', bytes);
  const files = open();
  const before = await lookAt(files, 'large');
  fs.utimesSync(join(root, 'large'), new Date(), new Date(1e12));
  assert.deepEqual(await lookAt(files, 'large'), before);
  bytes[2_500_000] = 0;
  write('large', bytes);
  const changed = await lookAt(files, 'large');
  assert.ok(changed.kind === 'file' && before.kind === 'file' && changed.digest !== before.digest);
  assert.equal(changed.digest, digestText(bytes.toString('latin1')));
});

test('a damaged pack is dropped without a word', async (context) => {
  const { root, open } = project(context, { 'folder/a': '1', b: '2' });
  const files = open();
  const queries = ['folder', 'b'].map((path) => ({ path, glob: false }));
  const before = await files.look(queries);
  await files.save();
  const folder = join(root, '.flow/cache');
  for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.pack'))) {
    const path = join(folder, name);
    const bytes = fs.readFileSync(path);
    for (const broken of [bytes.subarray(0, bytes.length - 5), Buffer.alloc(0), flipped(bytes)]) {
      fs.writeFileSync(path, broken);
      assert.equal(JSON.stringify(await open().look(queries)), JSON.stringify(before));
    }
  }
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}

test('whatever is done to a tree, what is known of it gives the answer of a first look', async (context) => {
  const { root, write, open } = project(context, {
    'src/a': '1',
    'src/b/c': '2',
    'src/b/d/e': '3',
    'src/é/\u{1f600}': '4',
  });
  const at = (path: string) => join(root, 'src', path);
  let fresh = 0;
  const agree = async (what: string) => {
    const [known, first] = [open(), createFiles({ root, cacheFolder: join(root, `.flow/fresh${++fresh}`) })];
    const states = [await lookAt(known, 'src'), await lookAt(first, 'src'), await lookAt(known, 'src/**/c*', true)];
    const matched = await lookAt(first, 'src/**/c*', true);
    assert.deepEqual(plain(states[0]), plain(states[1]), what);
    assert.deepEqual(plain(states[2]), plain(matched), what);
    await known.save();
  };
  const plain = (state: PathState | undefined) =>
    state?.kind === 'folder' ? { ...state, manifest: state.manifest() } : state;
  await agree('at first');
  const past = new Date('2020-01-01');
  const edits: Record<string, () => void> = {
    'a file added': () => write('src/b/c2', 'x'),
    'a name between others in byte order': () => write('src/b\uffff', 'x'),
    'same size and time': () => {
      fs.utimesSync(at('a'), past, past);
      fs.writeFileSync(at('a'), 'X');
      fs.utimesSync(at('a'), past, past);
    },
    'two swapped': () => {
      fs.renameSync(at('a'), at('swap'));
      fs.renameSync(at('b/c'), at('a'));
      fs.renameSync(at('swap'), at('b/c'));
    },
    'a file turned into a folder': () => {
      fs.rmSync(at('a'));
      write('src/a/c', 'inside');
    },
    'a folder turned into a file': () => {
      fs.rmSync(at('b/d'), { recursive: true });
      write('src/b/d', 'flat');
    },
    'a folder emptied': () => fs.rmSync(at('a/c')),
    'an empty folder removed': () => fs.rmdirSync(at('a')),
    'a folder renamed': () => fs.renameSync(at('b'), at('z')),
    'another folder in its place': () => write('src/b/d/e/f', 'deep'),
    'a folder replaced by a link to its neighbour': () => {
      fs.rmSync(at('b'), { recursive: true });
      fs.symlinkSync('z', at('b'));
    },
    'a file removed behind the link': () => fs.rmSync(at('z/c2')),
    'the link turned onto its own parent': () => {
      fs.rmSync(at('b'));
      fs.symlinkSync('.', at('b'));
    },
    'the link dangling': () => {
      fs.rmSync(at('b'));
      fs.symlinkSync('nothing', at('b'));
    },
    'the link gone': () => fs.rmSync(at('b')),
    'a link to a file that then goes': () => {
      write('beside', 'x');
      fs.symlinkSync('../beside', at('c-link'));
    },
    'its target removed': () => fs.rmSync(join(root, 'beside')),
    'all of it removed': () => fs.rmSync(at('.'), { recursive: true }),
  };
  for (const [what, edit] of Object.entries(edits)) {
    edit();
    await agree(what);
  }
});
