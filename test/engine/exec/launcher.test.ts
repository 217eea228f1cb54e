import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { survivors, waitForEnd, workbench } from './workbench.ts';

const shell = (command: string) => ({ kind: 'command', command }) as const;

/** A workbench whose commands are no longer children of this process. */
async function busyBench(context: TestContext) {
  const bench = workbench(context);
  for (let parent = process.pid; parent === process.pid; ) {
    const { log } = await bench.run(bench.job(shell('echo ${PPID}')));
    parent = Number(log);
  }
  return bench;
}

test('after many commands others start them, and nothing else is different', async (context) => {
  const bench = await busyBench(context);
  const silent = bench.job({ kind: 'command', command: ['touch', '$HOME "x"'] });
  assert.equal((await bench.run(silent)).outcome.ok, true);
  assert.ok(existsSync(`${bench.root}/$HOME "x"`));
  assert.ok(!existsSync(silent.logFile));
  const more = { threads: 3, environment: { MY_OWN: 'x' } };
  const { log } = await bench.run(bench.job(shell('echo $OMP_NUM_THREADS $MY_OWN; sleep 60 & echo b'), more));
  assert.equal(log, '3 x\nb\n');
  const endings = [];
  for (const command of [shell('exit 3'), shell('kill -SEGV $$'), { kind: 'command', command: ['no-such'] } as const]) {
    const { outcome } = await bench.run(bench.job(command));
    endings.push(outcome.ok ? 'done' : outcome.failure);
  }
  assert.deepEqual(endings, [
    { kind: 'exit', code: 3, command: 'exit 3' },
    { kind: 'signal', signal: 'SIGSEGV', command: 'kill -SEGV $$' },
    { kind: 'threw', message: "The program 'no-such' was not found; is it installed and on the PATH?" },
  ]);
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

test('a timeout, an abort and closing reach commands that others started', async (context) => {
  const bench = await busyBench(context);
  const late = await bench.run(bench.job(shell('sleep 60 & setsid sleep 60'), { timeout: 0.3 }));
  assert.deepEqual(late.outcome.ok ? {} : late.outcome.failure, { kind: 'timeout', seconds: 0.3 });
  assert.deepEqual(await waitForEnd(bench.runId), []);

  const abort = new AbortController();
  const job = bench.job(shell('echo ready; sleep 60'));
  const aborted = bench.run(job, abort.signal);
  while (!existsSync(job.logFile) || readFileSync(job.logFile, 'utf8') === '') await sleep(10);
  abort.abort();
  const { outcome } = await aborted;
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'interrupted' });

  const running = bench.run(bench.job(shell('sleep 60')));
  while (survivors(bench.runId).length === 0) await sleep(10);
  await bench.executor.close();
  const closed = (await running).outcome;
  assert.ok(!closed.ok && closed.failure.kind === 'signal');
  assert.deepEqual(await waitForEnd(bench.runId), []);
});
