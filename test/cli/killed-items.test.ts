import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BinProject, createBinProject, until } from './bin-project.ts';

const pipeline = `stages:
  up:
    run: '[ -e \${p.stem}.go ] || sleep 20; cat \${p.path} > \${out}; echo \${p.stem} >> made.log'
    each: { p: src }
    out: "\${p.stem}.up"
`;

/** Items of which those that are not let through wait for longer than the test. */
async function withItems(names: readonly string[], body: (project: BinProject) => Promise<void>): Promise<void> {
  const project = createBinProject({ 'pipeline.yaml': pipeline, 'made.log': '' });
  try {
    for (const name of names) add(project, name);
    assert.match(project.flow('run').text, /1 task ran/);
    await body(project);
  } finally {
    project.remove();
  }
}

function add(project: BinProject, name: string, passes = true): void {
  project.write(`src/${name}`, name);
  if (passes) project.write(`${name}.go`, '');
}

function made(project: BinProject): string[] {
  return project.read('made.log').split('\n').slice(0, -1).sort();
}

test('killed among new items: what stood and what was finished is kept, what was not is made', () =>
  withItems(['a', 'c', 'e'], async (project) => {
    for (const name of ['b', 'd', 'f']) add(project, name);
    add(project, 'g', false);
    project.write('src/c', 'c2');
    const run = project.start('run');
    await until(() => made(project).length === 7);
    // A finished item waits a moment for others that are recorded with it.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    run.kill('SIGKILL');
    await run.ended;
    project.write('g.go', '');
    const again = project.flow('run');
    assert.equal(again.status, 0, again.text);
    assert.deepEqual(made(project), ['a', 'b', 'c', 'c', 'd', 'e', 'f', 'g']);
    const shown = [...'abcdefg'].map((name) => [`up/${name}.up`, name === 'c' ? 'c2' : name]);
    assert.deepEqual(project.artifacts(), shown);
    assert.match(project.flow('run').text, /nothing to do/);
  }));

test('two runs at once make a new item once, and both end well', () =>
  withItems(['a', 'b'], async (project) => {
    add(project, 'c');
    const runs = [project.start('run'), project.start('run')];
    assert.deepEqual(await Promise.all(runs.map(({ ended }) => ended)), [0, 0]);
    assert.deepEqual(made(project), ['a', 'b', 'c']);
    assert.match(project.flow('run').text, /nothing to do/);
  }));
