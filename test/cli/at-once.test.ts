import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BinProject, createBinProject, pause } from './bin-project.ts';

/** Ten chains of three, a folder behind each and items, of which each body says in done.log that it ended. */
function chains(word = ''): Record<string, string> {
  const lines = Array.from({ length: 10 }, (_, n) => {
    const line = (name: string, input: string) =>
      `  ${name}: { run: 'cat \${in.x} > \${out}; echo ${name} >> \${out}; echo ${name} >> done.log', in: { x: ${input} }, out: x.txt }\n`;
    const folder = `  d${n}: { run: 'mkdir -p \${out}/d; cp \${in.x} \${out}/d/a; seq 1 200 > \${out}/b; echo d${n} >> done.log', in: { x: b${n} }, out: f/ }\n`;
    const join = `  e${n}: { run: 'cat \${in.x}/d/a > \${out}; echo e${n}${word} >> \${out}; echo e${n} >> done.log', in: { x: d${n} }, out: x.txt }\n`;
    return line(`a${n}`, 'text.txt') + line(`b${n}`, `a${n}`) + line(`c${n}`, `b${n}`) + folder + join;
  });
  const items = `  i: { run: 'cp \${p.path} \${out}; echo i-\${p.stem} >> done.log', each: { p: src }, out: "\${p.stem}.o" }\n`;
  const sources = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`src/${n}`, n < 5 ? 'same' : `item ${n}`]));
  return { 'pipeline.yaml': `stages:\n${lines.join('')}${items}`, 'text.txt': 'hello\n', ...sources };
}
const bodies = 60;

const done = (project: BinProject) => project.read('done.log').trim().split('\n');

async function runAtOnce(project: BinProject, orders: readonly (readonly string[])[]): Promise<void> {
  const runs = orders.map((words) => project.start('run', ...words));
  const codes = await Promise.all(runs.map((run) => run.ended));
  const texts = runs.map((run) => run.text()).join('\n');
  assert.deepEqual(
    codes,
    orders.map(() => 0),
    texts,
  );
  assert.doesNotMatch(texts, /changed while|damaged|by hand/);
}

function assertRight(project: BinProject): void {
  for (let n = 0; n < 10; n += 1) {
    assert.equal(project.read(`artifacts/c${n}/x.txt`), ['hello', `a${n}`, `b${n}`, `c${n}`, ''].join('\n'));
    assert.match(project.read(`artifacts/e${n}/x.txt`), new RegExp(`^hello\na${n}\nb${n}\ne${n}`));
  }
  assert.match(project.flow('run').text, /nothing to do/);
}

for (const [title, ...orders] of [
  ['two of the same targets', [], []],
  ['three of the same targets', [], [], []],
  ['two of different targets', ['c0', 'c1', 'e2', 'e3', 'e4', 'i'], ['e9', 'e8', 'e4', 'c3', 'c1', 'i']],
] as const) {
  test(`runs at once in one folder, ${title}: all end right, and no task is done twice`, async () => {
    const project = createBinProject(chains());
    try {
      await runAtOnce(project, orders);
      assert.equal(new Set(done(project)).size, done(project).length, 'a task was done twice');
      project.flow('run');
      assert.equal(done(project).length, bodies);
      assertRight(project);
    } finally {
      project.remove();
    }
  });
}

test('two runs that bring back the same results do nothing twice below them', async () => {
  const project = createBinProject(chains());
  try {
    assert.equal(project.flow('run').status, 0);
    for (const word of ['!', '?']) {
      // All but the last stages are known, and missing: both runs put them in place, and read them.
      project.write('pipeline.yaml', chains(word)['pipeline.yaml'] ?? '');
      project.write('done.log', '');
      rmSync(join(project.root, 'artifacts'), { recursive: true });
      await runAtOnce(project, [[], []]);
      assert.deepEqual(
        done(project).sort(),
        Array.from({ length: 10 }, (_, n) => `e${n}`),
      );
      assertRight(project);
    }
  } finally {
    project.remove();
  }
});

test('of three runs at once two are killed: the third ends right without waiting for a hand', async () => {
  for (const moment of [150, 400, 800]) {
    const project = createBinProject(chains());
    try {
      const [first, second, third] = [project.start('run'), project.start('run'), project.start('run')];
      await pause(moment);
      first.kill('SIGKILL');
      await pause(moment / 3);
      second.killGroup('SIGKILL');
      await Promise.all([first.ended, second.ended]);
      assert.equal(await third.ended, 0, third.text());
      assertRight(project);
      // What a killed run was just doing may have been done again, and nothing else: two runs of two tasks and an item stage.
      assert.ok(done(project).length <= bodies + 2 * (2 + 10), String(done(project).length));
    } finally {
      project.remove();
    }
  }
});
