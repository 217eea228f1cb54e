import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOfRun, survivors, waitForEnd, workbench } from './workbench.ts';

const shell = (command: string) => ({ kind: 'command', command }) as const;

const noPython =
  process.platform === 'linux' && spawnSync('python3', ['-c', '1']).status === 0
    ? false
    : 'there is no python3 here, so that node starts all commands';

/** A workbench whose commands are no longer children of this process. */
async function busyBench(context: TestContext) {
  const bench = workbench(context);
  for (let parent = process.pid; parent === process.pid; ) {
    const { log } = await bench.run(bench.job(shell('echo ${PPID}')));
    parent = Number(log);
  }
  return bench;
}

test('after many commands others start them, and nothing else is different', { skip: noPython }, async (context) => {
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

test('a timeout, an abort and closing reach commands that others started', { skip: noPython }, async (context) => {
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
  while (processesOfRun(bench.runId).length > 0) await sleep(10);
});

test('words of a command reach it byte by byte, whoever starts it', { skip: noPython }, async (context) => {
  const bench = await busyBench(context);
  const words = ['', ' ', 'a\nb', 'é', '$HOME', '-n', ''];
  const command = ['sh', '-c', 'for word; do printf "[%s]" "$word"; done; printf "%s" "$ODD"', 'sh', ...words];
  const { log } = await bench.run(bench.job({ kind: 'command', command }, { environment: { ODD: '=a=\n' } }));
  assert.equal(log, '[][ ][a\nb][é][$HOME][-n][]=a=\n');
});

test('a word that no program can be given is refused by name, whoever would start it', async (context) => {
  const bench = workbench(context);
  for (let count = 0; count < 20; count++) {
    const { outcome } = await bench.run(bench.job({ kind: 'command', command: ['echo', 'a\0b'] }));
    assert.match(outcome.ok || outcome.failure.kind !== 'threw' ? '' : outcome.failure.message, /NUL byte/);
    assert.equal((await bench.run(bench.job(shell('echo $PPID')))).outcome.ok, true);
  }
});

test('many at once end each with its own code', { skip: noPython }, async (context) => {
  const bench = await busyBench(context);
  const codes = Array.from({ length: 60 }, (_, index) => index + 1);
  const ran = await Promise.all(codes.map((code) => bench.run(bench.job(shell(`echo ${code}; exit ${code}`)))));
  assert.deepEqual(
    ran.map(({ outcome, log }) => [outcome.ok ? 0 : outcome.failure.kind === 'exit' && outcome.failure.code, log]),
    codes.map((code) => [code, `${code}\n`]),
  );
});

for (const [name, program] of [
  ['a Python that ends at once', '/bin/false'],
  ['no Python', undefined],
] as const) {
  test(`with ${name} all commands are started by node`, async (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'flow-python-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    if (program) copyFileSync(program, join(folder, 'python3'));
    const bench = workbench(context, 2, { PATH: folder });
    for (let count = 0; count < 40; count++) {
      const { outcome, log } = await bench.run(bench.job(shell('echo $PPID')));
      assert.deepEqual([outcome.ok, log], [true, `${process.pid}\n`]);
    }
  });
}

test('a script in the place of Python is passed over for what stands behind it on the PATH', {
  skip: noPython,
}, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-python-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const ran = join(folder, 'ran');
  writeFileSync(join(folder, 'python3'), `#!/bin/sh\ntouch ${ran}\n`, { mode: 0o755 });
  const bench = workbench(context, 2, { PATH: `${folder}:${process.env.PATH}` });
  for (let parent = process.pid; parent === process.pid; ) {
    const { log } = await bench.run(bench.job(shell('echo $PPID')));
    parent = Number(log);
  }
  assert.ok(!existsSync(ran));
});

test('a script without a first line of its own runs in a shell, whoever starts it', {
  skip: noPython,
}, async (context) => {
  const bench = await busyBench(context);
  const script = join(bench.root, 'script');
  writeFileSync(script, 'echo "$1 $PPID"\n', { mode: 0o755 });
  const { log } = await bench.run(bench.job({ kind: 'command', command: [script, 'said'] }));
  assert.match(log, /^said \d+\n$/);
});

test('a program that may not be run is refused by name, whoever would start it', {
  skip: noPython,
}, async (context) => {
  const bench = await busyBench(context);
  writeFileSync(join(bench.root, 'plain'), 'echo x\n', { mode: 0o644 });
  const { outcome } = await bench.run(bench.job({ kind: 'command', command: ['./plain'] }));
  assert.match(outcome.ok || outcome.failure.kind !== 'threw' ? '' : outcome.failure.message, /may not be run/);
});
