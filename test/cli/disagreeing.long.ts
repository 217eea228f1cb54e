import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBinProject, pause } from './bin-project.ts';

// Two runs in one folder that want other results of one task: each ends with its own, and none works for nothing.

const pipeline = `
vars: { w: a }
stages:
  up: { run: 'echo \${w} > \${out}; cat \${f.path} >> \${out}; echo \${w}-\${f.id} >> done.log', each: { f: ./src }, out: '\${f.id}' }
  m: { run: 'sleep 0.3; cat \${in.u}/* > \${out}; echo \${w}-m\${k} >> done.log', matrix: { k: [1, 2, 3] }, in: { u: up }, with: { k: $k }, out: x.txt }
  all: { run: 'cat \${in.m} > \${out}', in: { m: m }, out: all.txt }
`;
const files = { 'pipeline.yaml': pipeline, 'src/1': '1\n', 'src/2': '2\n' };
const result = (word: string, first = '1') => `${word}\n${first}\n${word}\n2\n`.repeat(3);

test('three runs, of which two agree and the last is after an edit: each ends with its own result', async () => {
  const project = createBinProject({ ...files, 'pipeline.yaml': pipeline.replace('sleep 0.3', 'sleep 3') });
  try {
    const first = project.start('run', '--jobs', '2');
    while (!/m@1: started/.test(first.text())) await pause(20);
    const same = project.start('run', '--jobs', '2');
    let isOver = false;
    same.ended.then(() => {
      isOver = true;
    });
    const said = /^m@\d: waits for run \S+, which is making it$/m;
    while (!said.test(same.text()) && !isOver) await pause(20);
    assert.match(same.text(), said);
    project.write('src/1', 'edited\n');
    const edited = project.start('run', '--jobs', '2');
    const codes = [await first.ended, await same.ended, await edited.ended];
    assert.deepEqual(codes, [0, 0, 0], [first.text(), same.text(), edited.text()].join('\n'));
    assert.match(edited.text(), /^up: waits for run \S+, which reads another result of it$/m);
    project.flow('run');
    assert.equal(project.read('artifacts/all/all.txt'), result('a', 'edited'));
  } finally {
    project.remove();
  }
});
