import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOrphans } from '../../../engine/exec/executor.ts';
import { survivors, waitForEnd, workbench, workerEntry } from './workbench.ts';

/** An engine in a process of its own, with a command, a waiting worker and an idle one. */
async function startEngine(context: TestContext, root: string, run: string) {
  const job = (action: string, more = '') => `{
    task: 't', action: ${action}, matrix: {}, inputs: {}, outputs: {}, seed: '', threads: 1, workers: 1, environment: {},
    folder: root, checkpoint: root, logFile: root + '/log-' + Math.random(), ${more} }`;
  writeFileSync(join(root, 'quick.mjs'), "export default { kind: 'stage', run: () => {} };");
  writeFileSync(
    join(root, 'slow.mjs'),
    "import { spawn } from 'node:child_process'; export default { kind: 'stage', run: async () => { spawn('sleep', ['60']); await new Promise(() => {}); } };",
  );
  const text = `
    import { writeFileSync } from 'node:fs';
    import { createExecutor } from ${JSON.stringify(new URL('../../../engine/exec/executor.ts', import.meta.url).href)};
    const root = ${JSON.stringify(root)};
    const executor = createExecutor({ root, run: ${JSON.stringify(run)}, workerEntry: ${JSON.stringify(workerEntry)}, poolSize: 3 });
    const signal = new AbortController().signal;
    const listener = { progress: () => {}, item: () => {} };
    const module = (name) => ({ kind: 'module', bundle: root + '/' + name, params: {} });
    await executor.run(${job("module('quick.mjs')", 'threads: 2')}, listener, signal);
    executor.run(${job("module('slow.mjs')")}, listener, signal);
    executor.run(${job("{ kind: 'command', command: 'sleep 60 & touch started; wait' }")}, listener, signal);
    process.on('message', () => process.exit(3));
    setInterval(() => {}, 1000);
  `;
  const flags = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', text];
  const engine = spawn(process.execPath, flags, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  // Left alive by a failed assertion, it would keep the whole test run from ending.
  context.after(() => engine.kill('SIGKILL'));
  // A worker with its sleep, an idle one, a shell with its sleep. By name and in one look, since five are there for a
  // moment, too, while the shell's `touch` runs and the worker has not yet started its sleep.
  const isStarted = () => existsSync(join(root, 'started'));
  let found: string[] = [];
  for (let turn = 0; turn < 400 && !(isStarted() && isAll(found)); turn++) {
    await sleep(50);
    found = survivors(run).flatMap(nameOf);
  }
  assert.ok(isAll(found), `there are ${found.join(', ')}`);
  return engine;
}

const isAll = (found: readonly string[]) => found.length === 5 && found.filter((name) => name === 'sleep').length === 2;

/** None where it has ended. */
function nameOf(pid: number): string[] {
  try {
    return [readFileSync(`/proc/${pid}/comm`, 'utf8').trim()];
  } catch {
    return [];
  }
}

test('after kill -9 of the engine workers end by themselves and commands at the next start', async (context) => {
  const bench = workbench(context);
  // Marks are of the whole machine, on which the same test may run twice.
  const dead = `dead-${bench.runId}`;
  const engine = await startEngine(context, bench.root, dead);
  engine.kill('SIGKILL');
  for (let turn = 0; turn < 200 && survivors(dead).length > 2; turn++) await sleep(50);
  const left = survivors(dead).flatMap(nameOf);
  assert.deepEqual(left.sort(), ['sh', 'sleep']);
  assert.equal(endOrphans('/another/project', [dead]), 0);
  assert.equal(endOrphans(bench.root, ['other-run', dead]), 2);
  assert.deepEqual(await waitForEnd(dead), []);
});

test('an engine that exits by itself takes all with it', async (context) => {
  const bench = workbench(context);
  const exiting = `exiting-${bench.runId}`;
  const engine = await startEngine(context, bench.root, exiting);
  engine.send('exit');
  const code = await new Promise((resolve) => engine.once('exit', resolve));
  assert.equal(code, 3);
  assert.deepEqual(await waitForEnd(exiting), []);
});

test('closing ends idle and busy workers', async (context) => {
  const bench = workbench(context);
  await bench.run(bench.job(bench.stage(''), { threads: 2 }));
  const busy = bench.run(
    bench.job(bench.stage("run.progress({ done: 0, total: 1, unit: 'x' }); await new Promise(() => {});")),
  );
  while (survivors(bench.runId).length < 2) await sleep(10);
  await bench.executor.close();
  const { outcome } = await busy;
  assert.ok(!outcome.ok && outcome.failure.kind === 'worker-lost');
  assert.deepEqual(await waitForEnd(bench.runId), []);
  assert.ok(!existsSync(join(bench.root, 'started')));
});
