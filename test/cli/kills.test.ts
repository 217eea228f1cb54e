import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBinProject, killAndGoOn, manyTasks } from './kills.ts';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

/** A process that ended but that nobody waited for still has a number. */
function isGone(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() === '' || stdout.startsWith('Z');
}

test('killed at ten moments of a cold run of thirty tasks: the next run ends as a clean one', () => killAndGoOn(10));

test('an orphan that goes on writing after its engine was killed reaches no result', async () => {
  const body =
    'echo $$ > pid; touch there; [ -e go ] && { echo right > ${out}; exit; }; while true; do echo wrong > ${out}; sleep 0.01; done';
  const project = createBinProject({ 'pipeline.yaml': `stages:\n  odd: { run: '${body}', out: x.txt }\n` });
  try {
    const run = project.start('run');
    await until(() => existsSync(join(project.root, 'there')));
    run.kill('SIGKILL');
    await run.ended;
    const orphan = Number(project.read('pid'));
    project.write('go', '');
    assert.equal(project.flow('run').status, 0);
    assert.equal(project.read('artifacts/odd/x.txt'), 'right\n');
    assert.ok(isGone(orphan), `process ${orphan} is still there`);
    assert.match(project.flow('run').text, /nothing to do/);
  } finally {
    project.remove();
  }
});

test('Ctrl-C twice ends at once, with the children; what is finished is kept', async () => {
  const stubborn = 'trap "" INT TERM; echo $$ > pid; touch there; while true; do sleep 0.05; done; echo > ${out}';
  const pipeline = `stages:\n  quick: { run: 'echo > \${out}', out: x.txt }\n  stubborn: { run: '${stubborn}', in: { x: quick }, out: x.txt }\n`;
  const project = createBinProject({ 'pipeline.yaml': pipeline });
  try {
    const run = project.start('run');
    await until(() => existsSync(join(project.root, 'there')));
    run.kill('SIGINT');
    await until(() => run.text().includes('Stopping'));
    run.kill('SIGINT');
    assert.equal(await run.ended, 130, run.text());
    const child = Number(project.read('pid'));
    await until(() => isGone(child));
    // Its view is looked at again, since nobody was left to note it down.
    assert.match(project.flow('plan').text, /1 task to run, 1 to bring back/);
  } finally {
    project.remove();
  }
});

for (const [title, first, second] of [
  ['the same targets', ['run'], ['run']],
  ['different targets', ['run', 'c0', 'c1', 'c2', 'c3', 'c4', 'c5'], ['run', 'c9', 'c8', 'c7', 'c6', 'c5', 'c4']],
] as const) {
  test(`two runs at once in one folder, ${title}: both end right, and no task is done twice`, async () => {
    const project = createBinProject({ 'pipeline.yaml': manyTasks(), 'text.txt': 'hello\n' });
    try {
      const runs = [project.start(...first), project.start(...second)];
      assert.deepEqual(
        await Promise.all(runs.map((run) => run.ended)),
        [0, 0],
        runs.map((run) => run.text()).join('\n'),
      );
      const done = project.read('done.log').trim().split('\n');
      assert.equal(new Set(done).size, 30);
      assert.equal(done.length, 30, 'a task was done twice');
      for (const [path, text] of project.artifacts()) {
        const n = path[1];
        const lines = [`a${n}`, `b${n}`, `c${n}`].slice(0, 'abc'.indexOf(path[0] ?? '') + 1);
        assert.equal(text, ['hello', ...lines, ''].join('\n'));
      }
      assert.match(project.flow('run').text, /nothing to do/);
    } finally {
      project.remove();
    }
  });
}

test('a full disk is said, the store stays whole, and the next run goes on', (context) => {
  const mount = mkdtempSync(join(tmpdir(), 'flow-full-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount]).status !== 0) {
    rmSync(mount, { recursive: true });
    // Filling the machine's own disk instead would harm whatever else runs there.
    context.skip('a small disk can be mounted by root alone');
    return;
  }
  try {
    const pipeline = `stages:
  small: { run: 'echo fine > \${out}', out: x.txt }
  large: { run: 'head -c 2500000 /dev/zero > \${out}', in: { x: small }, out: x.bin }
`;
    const project = createBinProject({ 'pipeline.yaml': pipeline }, mount);
    const full = project.flow('run');
    assert.equal(full.status, 1, full.text);
    assert.match(full.text, /No space left|disk is full|no space/i);
    assert.equal(spawnSync('mount', ['-o', 'remount,size=30m', mount]).status, 0);
    const again = project.flow('run');
    assert.equal(again.status, 0, again.text);
    assert.doesNotMatch(again.text, /small: started/);
    assert.equal(readFileSync(join(project.root, 'artifacts/large/x.bin')).length, 2_500_000);
  } finally {
    spawnSync('umount', [mount]);
    rmSync(mount, { recursive: true, force: true });
  }
});
