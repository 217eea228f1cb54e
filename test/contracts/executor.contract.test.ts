/** What every implementation of the port `Executor` promises to the scheduler; here the one there is. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskName } from '../../engine/model/names.ts';
import { itemsOf, type Workbench, workbench } from '../engine/exec/workbench.ts';

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

/** Runs `command` as one that waits for the end of a task's command. */
function runBehind(bench: Workbench, behind: TaskName, command: string) {
  const stop = new AbortController();
  let free = () => {};
  let hasBegun = false;
  const turn = { behind, free: new Promise<void>((resolve) => (free = resolve)) };
  const job = bench.job({ kind: 'command', command }, { turn });
  const began = () => {
    hasBegun = true;
  };
  const outcome = bench.executor.run(job, { began, item: () => {}, progress: () => {} }, stop.signal);
  return { outcome, job, stop, free: () => free(), hasBegun: () => hasBegun };
}

/** A command that runs until `end` is called, once others than node start commands, where there are others. */
async function runLong(bench: Workbench) {
  for (let count = 0; count < 5; count++) await bench.run(bench.job({ kind: 'command', command: 'sleep 0.1' }));
  const mark = join(bench.root, 'end');
  const job = bench.job({ kind: 'command', command: `until [ -e ${mark} ]; do sleep 0.01; done` });
  const running = bench.run(job);
  return { task: job.task, end: () => writeFileSync(mark, ''), running };
}

test('Executor: a command that is behind another begins when that one has ended, or when a core is free for it', async (context) => {
  const bench = workbench(context);
  const first = await runLong(bench);
  const handedOver = performance.now();
  const second = runBehind(bench, first.task, 'echo b');
  const third = runBehind(bench, second.job.task, 'echo c');
  await sleep(100);
  assert.deepEqual([second.hasBegun(), third.hasBegun()], [false, false]);
  third.free();
  const { ok, seconds } = await third.outcome;
  assert.deepEqual([ok, third.hasBegun(), second.hasBegun()], [true, true, false]);
  assert.ok(seconds < (performance.now() - handedOver) / 1000 - 0.1, 'the time that it waited does not count');
  first.end();
  await first.running;
  second.free();
  assert.deepEqual([(await second.outcome).ok, second.hasBegun()], [true, true]);
  assert.deepEqual(
    [second, third].map(({ job }) => readFileSync(job.logFile, 'utf8')),
    ['b\n', 'c\n'],
  );
});

test('Executor: a command that is stopped while it is behind another never begins', async (context) => {
  const bench = workbench(context);
  const first = await runLong(bench);
  const second = runBehind(bench, first.task, 'echo b');
  await sleep(50);
  second.stop.abort();
  const outcome = await second.outcome;
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'interrupted' });
  first.end();
  assert.ok((await first.running).outcome.ok);
  await bench.run(bench.job({ kind: 'command', command: 'true' }));
  assert.deepEqual([second.hasBegun(), existsSync(second.job.logFile)], [false, false]);
});

test('Executor: a command that is behind one that has ended already, or that nobody knows, waits for its core alone', async (context) => {
  const bench = workbench(context);
  for (let count = 0; count < 5; count++) {
    const behind = runBehind(bench, 'nobody' as TaskName, 'echo b');
    await sleep(20);
    assert.equal(behind.hasBegun(), false);
    behind.free();
    assert.deepEqual([(await behind.outcome).ok, behind.hasBegun()], [true, true]);
  }
});
