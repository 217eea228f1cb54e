/** Jobs that are watched end as others do: nothing of them is left, whatever ended them. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Job, Reading } from '../../../engine/model/job.ts';
import { withoutStrace } from '../../strace.ts';
import { itemsOf, type Workbench, waitForEnd, workbench } from './workbench.ts';

const watched = (name: string, body: (bench: Workbench) => Promise<void>) =>
  test(name, { skip: withoutStrace }, async (context: TestContext) => {
    const bench = workbench(context);
    writeFileSync(join(bench.root, 'a.txt'), 'a');
    await body(bench);
    assert.deepEqual(
      readdirSync(bench.root).filter((file) => file.includes('.trace')),
      [],
      'no log of a trace stays',
    );
  });

async function run(bench: Workbench, job: Job, signal = new AbortController().signal) {
  const readings: Reading[] = [];
  const items: string[] = [];
  const outcome = await bench.executor.run(
    job,
    {
      progress: () => {},
      item: ({ id }) => items.push(id),
      read: (read) => {
        readings.push(...read);
        return undefined;
      },
    },
    signal,
  );
  const names = new Set(readings.flatMap((reading) => reading.names).filter((name) => name.endsWith('.txt')));
  return { outcome, items, names: [...names].sort() };
}

const shell = (command: string): Job['action'] => ({ kind: 'command', command });

watched('the exit code, the signal and the log are those of the command', async (bench) => {
  const exit = bench.job(shell('cat a.txt; exit 3'));
  const { outcome } = await run(bench, exit);
  assert.deepEqual(outcome.ok ? undefined : outcome.failure, { kind: 'exit', code: 3, command: 'cat a.txt; exit 3' });
  assert.equal(readFileSync(exit.logFile, 'utf8'), 'a');
  const killed = await run(bench, bench.job(shell('kill -KILL $$')));
  assert.equal(killed.outcome.ok ? undefined : killed.outcome.failure.kind, 'signal');
});

watched('what a child read counts, and a child that stays does not keep the job', async (bench) => {
  const { outcome, names } = await run(bench, bench.job(shell('sleep 1000 & sh -c "cat a.txt" > /dev/null')));
  assert.ok(outcome.ok, JSON.stringify(outcome));
  assert.deepEqual(names, ['a.txt']);
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

watched('a program that is not there, and one that cannot be found by its path, say so', async (bench) => {
  for (const command of [['nosuchprogram'], ['./nosuchprogram', 'x']]) {
    const job = bench.job({ kind: 'command', command });
    const { outcome } = await run(bench, job);
    assert.equal(outcome.ok, false);
    assert.match(readFileSync(job.logFile, 'utf8'), /nosuchprogram/);
  }
});

watched('a time-out, a limit of memory and an interruption end the watcher with the command', async (bench) => {
  const late = await run(bench, { ...bench.job(shell('cat a.txt; sleep 1000; :')), timeout: 0.3 });
  assert.equal(late.outcome.ok ? undefined : late.outcome.failure.kind, 'timeout');
  const stubborn = await run(bench, {
    ...bench.job(shell('trap "" TERM; setsid sleep 1000 & sleep 1000; :')),
    timeout: 0.3,
  });
  assert.equal(stubborn.outcome.ok ? undefined : stubborn.outcome.failure.kind, 'timeout');
  const stop = new AbortController();
  const module = bench.stage("run.log('here'); await new Promise((resolve) => setTimeout(resolve, 1e6));");
  const job = bench.job(module);
  const looking = setInterval(() => existsSync(job.logFile) && stop.abort(), 20);
  const interrupted = await run(bench, job, stop.signal);
  clearInterval(looking);
  assert.equal(interrupted.outcome.ok ? undefined : interrupted.outcome.failure.kind, 'interrupted');
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

watched('a module is run in a worker of its own, and what it read is known when it is done', async (bench) => {
  const body = "console.log(process.pid); (await import('node:fs')).readFileSync('a.txt');";
  const pids = new Set<string>();
  for (let turn = 0; turn < 2; turn += 1) {
    const job = bench.job(bench.stage(body));
    const { outcome, names } = await run(bench, job);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.deepEqual(names, ['a.txt']);
    pids.add(readFileSync(job.logFile, 'utf8'));
  }
  assert.equal(pids.size, 2);
});

watched('items of a module are told once what they read is known', async (bench) => {
  const body =
    "const { copyFileSync } = await import('node:fs'); for (const item of items) copyFileSync(item.path, item.outputs.out);";
  const items = itemsOf(bench, ['1.txt', '2.txt', '3.txt'], 2);
  const ran = await run(bench, bench.job(bench.itemStage(body), { workers: 2, items }));
  assert.ok(ran.outcome.ok, JSON.stringify(ran.outcome));
  assert.deepEqual(ran.items.sort(), ['1.txt', '2.txt', '3.txt']);
  assert.deepEqual(ran.names, ['items/1.txt', 'items/2.txt', 'items/3.txt']);
});

watched('a watcher that is killed takes the success with it', async (bench) => {
  // The watcher's number stands in the process's own status; calls that it was to see fail from then on.
  const kill = 'kill -KILL $(sed -n "s/TracerPid:.//p" /proc/self/status)';
  const body = `(await import('node:child_process')).execFileSync('sh', ['-c', '${kill}']);`;
  for (const action of [shell(`${kill}; cat a.txt`), bench.stage(body)]) {
    const { outcome } = await run(bench, bench.job(action));
    assert.equal(outcome.ok, false);
  }
});
