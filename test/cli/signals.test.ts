import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBinProject, isGone, until } from './bin-project.ts';

/** Two stages, of which the second one goes on until it is ended; `heed` is what it does about signals. */
const project = (heed: string) =>
  createBinProject({
    'pipeline.yaml': `
stages:
  quick: { run: 'echo > \${out}', out: x.txt }
  long: { run: '[ -e go ] && { echo fine > \${out}; exit; }; ${heed} sleep 600 & echo $! > child; echo $$ > pid; touch there; while true; do sleep 0.05; done', in: { x: quick }, out: x.txt }
`,
  });

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} once: what runs is stopped with its children, what finished is kept, the next run goes on`, async () => {
    const { start, read, root, flow, write, processes, remove } = project('');
    try {
      const run = start('run');
      await until(() => existsSync(join(root, 'there')));
      run.kill(signal);
      assert.equal(await run.ended, 130, run.text());
      assert.match(run.text(), /Stopping/);
      for (const name of ['pid', 'child']) await until(() => isGone(Number(read(name))));
      await until(() => processes().length === 0);
      write('go', '');
      const again = flow('run');
      assert.equal(again.status, 0, again.text);
      assert.doesNotMatch(again.text, /quick: (started|restored)/);
      assert.equal(read('artifacts/long/x.txt'), 'fine\n');
    } finally {
      remove();
    }
  });
}

test('Ctrl-C twice ends at once, with the children; what is finished is kept', async () => {
  const { start, read, root, flow, processes, remove } = project('trap "" INT TERM HUP;');
  try {
    const run = start('run');
    await until(() => existsSync(join(root, 'there')));
    run.kill('SIGINT');
    await until(() => run.text().includes('Stopping'));
    run.kill('SIGINT');
    assert.equal(await run.ended, 130, run.text());
    for (const name of ['pid', 'child']) await until(() => isGone(Number(read(name))));
    await until(() => processes().length === 0);
    // Its view is looked at again, since nobody was left to note it down.
    assert.match(flow('plan').text, /1 task to run, 1 to bring back/);
  } finally {
    remove();
  }
});

test('whoever reads the words goes away: the run stops as with Ctrl-C', async () => {
  const { start, read, root, flow, write, remove } = project('');
  try {
    const run = start('run');
    await until(() => existsSync(join(root, 'there')));
    run.hangUp();
    // The pipe is found broken at the next word.
    write('src', '');
    run.kill('SIGHUP');
    assert.equal(await run.ended, 130);
    for (const name of ['pid', 'child']) await until(() => isGone(Number(read(name))));
    write('go', '');
    assert.equal(flow('run').status, 0);
  } finally {
    remove();
  }
});
