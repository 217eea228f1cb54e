/** What every implementation of the port `Executor` promises to the scheduler; here the one there is. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { itemsOf, workbench } from '../engine/exec/workbench.ts';

test('Executor: one outcome a job, never a throw, with its seconds', async (context) => {
  const bench = workbench(context);
  const jobs = [
    bench.job({ kind: 'command', command: ['true'] }),
    bench.job({ kind: 'command', command: 'exit 1' }),
    bench.job(bench.stage('')),
    bench.job(bench.stage("throw new Error('no');")),
    bench.job({ kind: 'module', bundle: '/nowhere.mjs', params: {} }),
  ];
  const ran = await Promise.all(jobs.map((job) => bench.run(job)));
  assert.deepEqual(
    ran.map(({ outcome }) => (outcome.ok ? 'ok' : outcome.failure.kind)),
    ['ok', 'exit', 'ok', 'threw', 'threw'],
  );
  assert.ok(ran.every(({ outcome }) => outcome.seconds > 0));
});

test('Executor: each item is told once, when its outputs are complete', async (context) => {
  const bench = workbench(context);
  const action = bench.itemStage(
    "const fs = await import('node:fs'); for (const item of items) fs.writeFileSync(item.outputs.out, item.id);",
  );
  const items = itemsOf(bench, ['a', 'b', 'c', 'd', 'e'], 2);
  const told: string[] = [];
  const item = ({ id }: { id: string }) => {
    assert.equal(readFileSync(items.list.find((one) => one.id === id)?.outputs.out ?? '', 'utf8'), id);
    told.push(id);
  };
  const job = bench.job(action, { items, workers: 2 });
  assert.ok((await bench.executor.run(job, { item, progress: () => {} }, new AbortController().signal)).ok);
  assert.deepEqual(told.sort(), ['a', 'b', 'c', 'd', 'e']);
});

test('Executor: a job that says nothing leaves no log, one that does has all of it when it ends', async (context) => {
  const bench = workbench(context);
  for (const [action, log] of [
    [bench.stage(''), undefined],
    [bench.stage("console.log('said');"), 'said\n'],
    [{ kind: 'command', command: 'echo said' } as const, 'said\n'],
    [{ kind: 'command', command: 'true' } as const, undefined],
  ] as const) {
    const job = bench.job(action);
    await bench.run(job);
    assert.equal(existsSync(job.logFile) ? readFileSync(job.logFile, 'utf8') : undefined, log);
  }
});
