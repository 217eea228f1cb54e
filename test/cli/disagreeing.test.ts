import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BinProject, createBinProject, pause } from './bin-project.ts';

// Two runs in one folder that want other results of one task: each ends with its own, and none works for nothing.

const pipeline = `
vars: { w: a }
stages:
  up: { run: 'echo \${w} > \${out}; cat \${f.path} >> \${out}; echo \${w}-\${f.id} >> done.log', each: { f: ./src }, out: '\${f.id}' }
  m: { run: 'sleep 0.3; cat \${in.u}/* > \${out}; echo \${w}-m\${k} >> done.log', matrix: { k: [1, 2, 3] }, in: { u: up }, with: { k: $k }, out: x.txt }
  all: { run: 'cat \${in.m} > \${out}', in: { m: m }, out: all.txt }
`;
const slow = pipeline.replace('sleep 0.3', 'sleep 2');
const files = { 'pipeline.yaml': pipeline, 'src/1': '1\n', 'src/2': '2\n' };
const result = (word: string, first = '1') => `${word}\n${first}\n${word}\n2\n`.repeat(3);
const done = (project: BinProject) => project.read('done.log').trim().split('\n').sort();

for (const moment of [50, 300, 700]) {
  test(`with another setting, ${moment} ms later`, async () => {
    const project = createBinProject(files);
    try {
      const first = project.start('run', '--jobs', '2');
      await pause(moment);
      const second = project.start('run', '--jobs', '2', '--set', 'w=b');
      const codes = [await first.ended, await second.ended];
      assert.deepEqual(codes, [0, 0], `${first.text()}\n${second.text()}`);
      const names = ['1', '2', 'm1', 'm2', 'm3'];
      const all = [...names.map((name) => `a-${name}`), ...names.map((name) => `b-${name}`)];
      // On a busy machine the later run may overtake the other, and then looks again at what that one puts in place.
      const isOvertaken = /it runs again/.test(first.text() + second.text());
      assert.deepEqual(isOvertaken ? [...new Set(done(project))] : done(project), all);
      for (const [word, words] of [
        ['a', []],
        ['b', ['--set', 'w=b']],
      ] as const) {
        const again = project.flow('run', ...words);
        assert.match(again.text, /up to date/);
        assert.equal(project.read('artifacts/all/all.txt'), result(word));
      }
    } finally {
      project.remove();
    }
  });
}

test('a run that wants what another makes says whom it waits for, and takes it', async () => {
  const project = createBinProject({ ...files, 'pipeline.yaml': slow });
  try {
    const first = project.start('run', '--jobs', '2');
    while (!/m@1: started/.test(first.text())) await pause(20);
    const same = project.start('run', '--jobs', '2');
    assert.deepEqual([await first.ended, await same.ended], [0, 0], `${first.text()}\n${same.text()}`);
    assert.match(same.text(), /^m@\d: waits for run \S+, which is making it$/m);
    assert.deepEqual(done(project), ['a-1', 'a-2', 'a-m1', 'a-m2', 'a-m3']);
  } finally {
    project.remove();
  }
});

test('after an edit of a source the later run says whom it waits for', async () => {
  const project = createBinProject({ ...files, 'pipeline.yaml': slow });
  try {
    const first = project.start('run', '--jobs', '2');
    while (!/m@1: started/.test(first.text())) await pause(20);
    project.write('src/1', 'edited\n');
    const edited = project.start('run', '--jobs', '2');
    assert.deepEqual([await first.ended, await edited.ended], [0, 0], `${first.text()}\n${edited.text()}`);
    assert.match(edited.text(), /^up: waits for run \S+, which reads another result of it$/m);
    project.flow('run');
    assert.equal(project.read('artifacts/all/all.txt'), result('a', 'edited'));
  } finally {
    project.remove();
  }
});
