import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCliProject } from './cli-project.ts';

const pipeline = `
vars: { word: hello }
stages:
  shout: { run: 'echo \${with.word} > \${out}', with: { word: $word }, out: shout.txt }
`;

test('flow get writes an artifact of other settings, and says where it is and what is missing', () => {
  const { flow, read, write } = createCliProject({ 'pipeline.yaml': pipeline });
  const missing = flow('get', 'shout', '-o', 'x.txt', '--set', 'word=other');
  assert.equal(missing.status, 2);
  assert.match(
    missing.stderr,
    /shout is not known under these settings: it would run.*\n\s+flow run shout --set word=other makes it/,
  );
  flow('run', '--set', 'word=other');
  flow('run');
  const got = flow('get', 'shout', '--set', 'word=other', '-o', 'deep/x.txt');
  assert.equal(got.status, 0, got.stderr);
  assert.match(got.stdout, /^deep\/x\.txt is written: shout, 6 B, made just now\n$/);
  assert.equal(read('deep/x.txt'), 'other\n');
  assert.equal(read('artifacts/shout/shout.txt'), 'hello\n');
  write('deep/x.txt', 'mine');
  assert.match(
    flow('get', 'shout', '-o', 'deep/x.txt').stderr,
    /x\.txt is there already and is another one.*\n.*--overwrite/,
  );
  assert.equal(JSON.parse(flow('get', 'artifacts/shout/shout.txt', '-o', 'y', '--json').stdout).isWritten, true);
  assert.match(flow('get', 'shout').stderr, /flow get needs a place: -o FILE/);
});

test('flow get and flow cat take one item of a folder by its id or its file', () => {
  const { flow, read } = createCliProject({
    'pipeline.yaml': `stages: { up: { run: 'tr a-z A-Z < \${p.path} > \${out}', each: { p: in }, out: '\${p.stem}.up' } }`,
    'in/one.txt': 'one',
    'in/two.txt': 'two',
  });
  flow('run');
  for (const name of ['up#two.txt', 'up#two.up', 'artifacts/up/two.up']) {
    const got = flow('get', name, '-o', 'got', '--overwrite');
    assert.equal(got.status, 0, got.stderr);
    assert.equal(read('got'), 'TWO');
    assert.equal(flow('cat', name).stdout, 'TWO');
  }
  assert.match(flow('get', 'up#three', '-o', 'got').stderr, /holds no file 'three'/);
});
