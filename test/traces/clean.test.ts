import assert from 'node:assert/strict';
import { existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inProject, type TraceProject } from './project.ts';

const files = {
  'pipeline.yaml': `
stages:
  one: { run: 'cat \${in.x} > \${out}', in: { x: x.txt }, out: one.txt }
  tree: { run: 'cp \${in.x} \${out}/a.txt; mkdir \${out}/empty', in: { x: one }, out: tree/ }
  each: { run: 'cp \${p.path} \${out}', each: { p: src }, out: '\${p.id}' }
`,
  'x.txt': 'x',
  'src/1': '1',
  'src/2': '2',
};

async function clean(project: TraceProject) {
  const open = await project.open();
  try {
    return await open.clean();
  } finally {
    await open.close();
  }
}

test('clean takes away what the store holds, and keeps what a person changed or put there', () =>
  inProject(files, async (project) => {
    await project.run();
    assert.deepEqual(await clean(project), { files: 4, bytes: 4, movedAside: [] });
    assert.ok(!existsSync(join(project.root, 'artifacts')));
    assert.deepEqual(await clean(project), { files: 0, bytes: 0, movedAside: [] });
    assert.deepEqual((await project.run()).sort(), ['restored each', 'restored one', 'restored tree']);

    rmSync(join(project.root, 'artifacts/each/1'));
    const mine = ['each/1', 'notes.md', 'mine/deep/z.txt', 'tree/tree/more.txt'];
    for (const path of mine) project.write(`artifacts/${path}`, `mine ${path}`);
    const { files: removed, movedAside } = await clean(project);
    assert.equal(removed, 3);
    assert.deepEqual(movedAside.map(({ from }) => from).sort(), mine.map((path) => `artifacts/${path}`).sort());
    for (const { from, to } of movedAside) assert.equal(project.read(to), `mine ${from.slice('artifacts/'.length)}`);
    assert.ok(!existsSync(join(project.root, 'artifacts')));
    assert.deepEqual((await project.run()).sort(), ['restored each', 'restored one', 'restored tree']);
  }));

test('clean of a view that lies elsewhere empties it there, and leads nowhere else', () =>
  inProject(files, async (project) => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'flow-view-'));
    try {
      symlinkSync(elsewhere, join(project.root, 'artifacts'));
      await project.run();
      symlinkSync(join(project.root, 'src'), join(elsewhere, 'each/linked'));
      const { movedAside } = await clean(project);
      assert.equal(movedAside.length, 1);
      assert.deepEqual(project.files('artifacts'), []);
      assert.ok(lstatSync(join(project.root, 'artifacts')).isSymbolicLink());
      assert.deepEqual(project.files('src'), ['1', '2']);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  }));

test('clean waits for nobody: while a run goes on it says so', () =>
  inProject({ 'pipeline.yaml': "stages: { slow: { run: 'touch began; sleep 60', out: x.txt } }" }, async (project) => {
    const stop = new AbortController();
    const running = project.run('', { signal: stop.signal });
    while (!existsSync(join(project.root, 'began'))) await new Promise((resolve) => setTimeout(resolve, 20));
    await assert.rejects(clean(project), /run \S+ goes on, and reads what artifacts\/ shows/);
    stop.abort();
    await running;
  }));
