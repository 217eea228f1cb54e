import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { survivors, waitForEnd, workbench } from './workbench.ts';

test('a module gets all that the contract promises', async (context) => {
  const bench = workbench(context);
  const action = bench.stage(`
    const { params, matrix, inputs, outputs, threads, checkpoint, signal } = run;
    run.progress({ done: 1, total: 2, unit: 'epoch' });
    run.progress({ done: 2, total: 2, unit: 'epoch', note: 'mAP 0.9' });
    run.log('a line');
    const { writeFileSync } = await import('node:fs');
    const numbers = [run.random(), run.random()];
    writeFileSync(outputs.out, JSON.stringify({ params, matrix, inputs, threads, checkpoint, aborted: signal.aborted, numbers }));
  `);
  const job = bench.job({ ...action, params: { lr: 1e-3 } } as typeof action, {
    matrix: { fold: 2 },
    inputs: {
      photo: { kind: 'path', path: '/p' },
      photos: {
        kind: 'items',
        folder: '/f',
        items: [{ id: 'a', path: '/f/a' }],
        skipped: [{ id: 'b', reason: 'broken' }],
      },
      logits: { kind: 'list', entries: [{ path: '/l', stage: 'folds', matrix: { fold: 1 }, out: 'logits' }] },
      labels: { kind: 'absent' },
    },
    threads: 2,
  });
  const { outcome, progress, log } = await bench.run(job);
  assert.deepEqual(outcome.ok ? {} : outcome.failure, {});
  const { numbers, ...given } = JSON.parse(readFileSync(job.outputs.out ?? '', 'utf8'));
  assert.deepEqual(given, {
    params: { lr: 1e-3 },
    matrix: { fold: 2 },
    inputs: {
      photo: '/p',
      photos: { folder: '/f', items: [{ id: 'a', path: '/f/a' }], skipped: [{ id: 'b', reason: 'broken' }] },
      logits: [{ path: '/l', stage: 'folds', matrix: { fold: 1 }, out: 'logits' }],
    },
    threads: 2,
    checkpoint: job.checkpoint,
    aborted: false,
  });
  assert.ok(numbers.every((number: number) => number >= 0 && number < 1) && numbers[0] !== numbers[1]);
  assert.deepEqual(progress, [
    { done: 1, total: 2, unit: 'epoch' },
    { done: 2, total: 2, unit: 'epoch', note: 'mAP 0.9' },
  ]);
  assert.equal(log, 'a line\n');
  assert.ok(outcome.peakMemory && outcome.peakMemory > 20e6);
});

test('workers are kept warm, and apart by thread count', async (context) => {
  const bench = workbench(context);
  const action = bench.stage(
    'console.log(process.pid, process.env.OMP_NUM_THREADS, process.env.TF_NUM_INTRAOP_THREADS, process.env.UV_THREADPOOL_SIZE);',
  );
  const log = async (threads: number) => (await bench.run(bench.job(action, { threads }))).log.trim().split(' ');
  const [first = '', ...settings] = await log(1);
  assert.deepEqual(settings, ['1', '1', '4']);
  assert.equal((await log(1))[0], first);
  const [other, ...others] = await log(6);
  assert.notEqual(other, first);
  assert.deepEqual(others, ['6', '6', '6']);
  assert.notEqual((await log(7))[0], other);
  assert.ok(survivors(bench.runId).length <= 2, 'an idle worker of another kind made room');
});

test('what a job changes of its process does not reach the next one, and what an import sets stays', async (context) => {
  const bench = workbench(context);
  const text = (name: string, body: string) => `
    process.env.OF_IMPORT_${name} = '${name}';
    export default { kind: 'stage', params: {}, inputs: {}, outputs: {}, run: async ({ outputs }) => {
      const { writeFileSync } = await import('node:fs');
      const { MY_OWN = '', LEAK = '', OF_IMPORT_one = '', OF_IMPORT_two = '' } = process.env;
      writeFileSync(outputs.out, JSON.stringify([process.cwd(), process.umask(), MY_OWN, LEAK, OF_IMPORT_one, OF_IMPORT_two]));
      ${body}
    } };`;
  const write = (name: string, body: string) => {
    const bundle = join(bench.root, `${name}.mjs`);
    writeFileSync(bundle, text(name, body));
    return { kind: 'module', bundle, params: {} } as const;
  };
  const one = write(
    'one',
    "process.env.LEAK = 'x'; delete process.env.MY_OWN; process.chdir('/'); process.umask(0o777);",
  );
  const two = write('two', '');
  const seen = [];
  for (const action of [one, two, one]) {
    const job = bench.job(action, { environment: { MY_OWN: 'mine' } });
    const { outcome } = await bench.run(job);
    assert.deepEqual(outcome.ok ? {} : outcome.failure, {});
    seen.push(JSON.parse(readFileSync(job.outputs.out ?? '', 'utf8')).slice(2));
    const [folder, mask] = JSON.parse(readFileSync(job.outputs.out ?? '', 'utf8'));
    assert.deepEqual([folder, mask], [bench.root, process.umask()]);
  }
  assert.deepEqual(seen, [
    ['mine', '', 'one', ''],
    ['mine', '', '', 'two'],
    ['mine', '', 'one', ''],
  ]);
});

test('a thousand tiny jobs, each with its own lines in its own log', async (context) => {
  const bench = workbench(context);
  const action = bench.stage(`
    const { writeFileSync } = await import('node:fs');
    writeFileSync(run.outputs.out, run.matrix.n + '');
    if (run.matrix.n % 3 === 0) return;
    console.log('out ' + run.matrix.n);
    console.error('err ' + run.matrix.n);
    process.stdout.write('rest ' + run.matrix.n);
  `);
  let next = 0;
  const work = async () => {
    while (next < 1000) {
      const n = next++;
      const job = bench.job(action, { matrix: { n } });
      const { outcome, log } = await bench.run(job);
      assert.ok(outcome.ok);
      assert.equal(readFileSync(job.outputs.out ?? '', 'utf8'), String(n));
      const lines = n % 3 === 0 ? [''] : [`err ${n}`, `out ${n}`, `rest ${n}`];
      assert.deepEqual(
        log
          .split('\n')
          .sort()
          .filter((line) => line !== '' || n % 3 === 0),
        lines,
      );
    }
  };
  await Promise.all([work(), work()]);
});

test('a large output is in the log as a whole before the job counts as done', async (context) => {
  const bench = workbench(context);
  const action = bench.stage("for (let line = 0; line < 50_000; line++) console.log(String(line).padStart(20, '.'));");
  const { log } = await bench.run(bench.job(action));
  const lines = log.trimEnd().split('\n');
  assert.equal(lines.length, 50_000);
  assert.ok(lines.every((line, index) => Number(line.replaceAll('.', '')) === index));
});

const faults: readonly { name: string; body: string; failure: RegExp }[] = [
  {
    name: 'throws',
    body: "throw new TypeError('no such class');",
    failure: /^{"kind":"threw","message":"no such class","stack":"TypeError: no such class/,
  },
  { name: 'throws a text', body: "throw 'plain';", failure: /"message":"Thrown: plain"/ },
  {
    name: 'rejects behind its back',
    body: "Promise.reject(new Error('behind')); await new Promise(() => {});",
    failure: /"kind":"threw","message":"behind"/,
  },
  {
    name: 'exits with 0',
    body: 'process.exit(0);',
    failure: /"kind":"worker-lost","message":"The worker ended itself with exit code 0/,
  },
  {
    name: 'exits with 7',
    body: 'process.exit(7);',
    failure: /"kind":"worker-lost","message":"The worker ended with exit code 7/,
  },
  {
    name: 'crashes',
    body: "process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});",
    failure: /"kind":"worker-lost","message":"The worker ended with signal SIGSEGV/,
  },
  {
    name: 'is killed',
    body: "process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});",
    failure: /"worker-lost".*memory runs out/,
  },
  {
    name: 'fills the disk',
    body: "throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: '/x' });",
    failure: /^{"kind":"disk","message":"ENOSPC: no space left","path":"\/x"}$/,
  },
];
for (const { name, body, failure } of faults) {
  test(`a module that ${name} fails its job, and the pool goes on`, async (context) => {
    const bench = workbench(context);
    const { outcome, log } = await bench.run(bench.job(bench.stage(`process.stdout.write('last words'); ${body}`)));
    assert.match(JSON.stringify(outcome.ok ? '' : outcome.failure), failure);
    assert.match(log, /^last words/);
    assert.equal((await bench.run(bench.job(bench.stage('')))).outcome.ok, true);
  });
}

test('a stack trace names the sources', async (context) => {
  const bench = workbench(context);
  const { transform } = await import('esbuild');
  const source = "export default {\n  kind: 'stage',\n  run: async () => {\n    throw new Error('here');\n  },\n};\n";
  const { code, map } = await transform(source, {
    sourcefile: '../stages/resize.ts',
    sourcemap: 'external',
    minify: true,
  });
  mkdirSync(join(bench.root, 'code'));
  writeFileSync(join(bench.root, 'code/stage.mjs'), `${code}//# sourceMappingURL=stage.mjs.map\n`);
  writeFileSync(join(bench.root, 'code/stage.mjs.map'), map);
  const action = { kind: 'module', bundle: join(bench.root, 'code/stage.mjs'), params: {} } as const;
  const { outcome } = await bench.run(bench.job(action));
  assert.match(JSON.stringify(outcome.ok ? '' : outcome.failure), /stages\/resize\.ts:4:11/);
});

test('an abort fires the signal, and a module that obeys may tidy up', async (context) => {
  const bench = workbench(context);
  const abort = new AbortController();
  const action = bench.stage(
    "run.log('waiting'); run.progress({ done: 0, total: 1, unit: 'step' }); await new Promise((resolve) => run.signal.addEventListener('abort', resolve)); run.log('tidied');",
  );
  const { outcome, log } = await bench.run(bench.job(action), abort.signal, () => abort.abort());
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'interrupted' });
  assert.equal(log, 'waiting\ntidied\n');
});

test('a module that hangs in a loop, with a grandchild, is killed after the grace', async (context) => {
  const bench = workbench(context);
  const abort = new AbortController();
  const action = bench.stage(
    "(await import('node:child_process')).spawn('sleep', ['60'], { detached: true }); console.log('looping'); run.progress({ done: 0, total: 1, unit: 'step' }); for (;;);",
  );
  const { outcome, log } = await bench.run(bench.job(action), abort.signal, () => abort.abort());
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'interrupted' });
  assert.equal(log, 'looping\n');
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

test('a module that takes too long fails by its time', async (context) => {
  const bench = workbench(context);
  const { outcome } = await bench.run(bench.job(bench.stage('await new Promise(() => {});'), { timeout: 0.2 }));
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'timeout', seconds: 0.2 });
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

test("a module's memory is watched, and a worker that is large already is not given to a small job", async (context) => {
  const bench = workbench(context);
  const eat = bench.stage(
    'globalThis.held = []; for (;;) { held.push(Buffer.alloc(2e7, 1)); await new Promise((resolve) => setTimeout(resolve, 20)); }',
  );
  const { outcome } = await bench.run(bench.job(eat, { memory: 400e6, timeout: 60 }));
  assert.ok(!outcome.ok && outcome.failure.kind === 'memory', JSON.stringify(outcome));
  const large = bench.stage('globalThis.held = Buffer.alloc(3e8, 1); console.log(process.pid);');
  const small = bench.stage('console.log(process.pid);');
  const first = await bench.run(bench.job(large));
  assert.ok(first.outcome.peakMemory && first.outcome.peakMemory > 3e8);
  const second = await bench.run(bench.job(small, { memory: 400e6 }));
  assert.ok(second.outcome.ok);
  assert.notEqual(second.log, first.log);
});

test('a worker that is expected imports the bundle ahead, and what it prints then is in the log of its first job', async (context) => {
  const bench = workbench(context);
  const [bundle, imported] = [join(bench.root, 'ahead.mjs'), join(bench.root, 'imported')];
  writeFileSync(
    bundle,
    `import { appendFileSync } from 'node:fs';
    appendFileSync(${JSON.stringify(imported)}, process.pid + ' ');
    console.log('imported');
    export default { kind: 'stage', run: async () => console.log(process.pid) };`,
  );
  bench.executor.expect(1);
  bench.executor.expect(1, bundle);
  while (!existsSync(imported)) await sleep(10);
  const run = async () => (await bench.run(bench.job({ kind: 'module', bundle, params: {} }))).log;
  const log = await run();
  const worker = readFileSync(imported, 'utf8').trim();
  assert.equal(log, `imported\n${worker}\n`);
  // A bundle that cannot be imported is told of by the job that asks for it.
  bench.executor.expect(1, join(bench.root, 'nothing.mjs'));
  assert.equal(await run(), `${worker}\n`);
});
