import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, inProject, type TraceProject } from './project.ts';

/** Bodies that write when they begin and end, so that the log shows who ran beside whom. */
const body = (name: string) => `echo +${name} >> log; sleep 0.1; echo -${name} >> log; echo > \${out}`;
const stages = (count: number, more: string) =>
  `stages:\n${Array.from({ length: count }, (_, n) => `  s${n}: { run: '${body(`s${n}`)}', out: x.txt, ${more} }\n`).join('')}`;

/** The most that ran at once. */
function overlap(project: TraceProject): number {
  let now = 0;
  let most = 0;
  for (const line of project.read('log').trim().split('\n')) {
    now += line.startsWith('+') ? 1 : -1;
    most = Math.max(most, now);
  }
  return most;
}

for (const [title, more, jobs, most] of [
  ['--jobs 1', 'retries: 0', 1, 1],
  ['--jobs 3', 'retries: 0', 3, 3],
  ['a CPU budget', 'resources: { cpu: 2 }', 4, 2],
  ['more CPU than there is', 'resources: { cpu: 9 }', 4, 1],
  ['a lock', 'resources: { locks: [disk] }', 4, 1],
  ['memory', 'resources: { memory: 1000 TB }', 4, 1],
] as const) {
  test(`never more at once than granted: ${title}`, () =>
    inProject({ 'pipeline.yaml': stages(5, more) }, async (project) => {
      const lines = await project.run('', { jobs });
      assert.deepEqual(lines.sort(), ['ran s0', 'ran s1', 'ran s2', 'ran s3', 'ran s4']);
      assert.ok(overlap(project) <= most, project.read('log'));
      if (most === 3) assert.ok(overlap(project) > 1, 'nothing ran side by side');
    }));
}

test('items of one stage keep to the budget, too', () => {
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`src/${n}.txt`, String(n)]));
  const pipeline = `stages:\n  up: { run: '${body('x')}', each: { p: src }, resources: { cpu: 2 }, out: "\${p.stem}.y" }\n`;
  return inProject({ ...files, 'pipeline.yaml': pipeline }, async (project) => {
    assert.deepEqual(await project.run('', { jobs: 4 }), ['ran up: 6 made, 0 reused, 0 skipped']);
    assert.ok(overlap(project) <= 2, project.read('log'));
  });
});

test('fail-fast starts nothing more and stops what runs; without it the others end', () => {
  const pipeline = `
stages:
  bad: { run: 'exit 3', out: x.txt }
  long: { run: 'sleep 30; echo > \${out}', out: x.txt }
  later: { run: 'echo > \${out}', out: x.txt }
`;
  return inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    const lines = await project.run('bad long', { jobs: 2, failFast: true });
    assert.deepEqual(lines, ['failed bad: exit 3', 'failed long: interrupted']);
    assert.deepEqual(await project.run('bad later', { jobs: 1, failFast: true }), ['failed bad: exit 3']);
    assert.deepEqual(await project.run('bad later', { jobs: 1 }), ['failed bad: exit 3', 'ran later']);
  });
});

test('a task that fails at times is tried again, and its record says how often, and why', () => {
  const pipeline = `
stages:
  moody: { run: 'echo x >> tries; [ "$(wc -l < tries)" -gt 1 ] && echo fine > \${out}', retries: 2, out: x.txt }
  items: { use: moody.ts, each: { f: data }, retries: 1, out: '\${f.id}' }
  never: { run: 'echo x >> nevers; false', retries: 1, out: x.txt }
`;
  const module = `import { existsSync, writeFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({ params: z.object({}), inputs: {}, outputs: { out: file }, run: async ({ items: [item] }) => {
  if (existsSync('sober')) return writeFileSync(item.outputs.out, '');
  writeFileSync('sober', '');
  throw new Error('moody ' + 'x'.repeat(1000));
} });
`;
  const files = { 'pipeline.yaml': pipeline, 'moody.ts': module, 'data/a.txt': 'a' };
  return inProject(files, async (project) => {
    assert.deepEqual(await project.run('moody'), ['retrying moody: exit 1', 'ran moody']);
    const starts = project.events().filter((event) => event.kind === 'started');
    assert.deepEqual(
      starts.map((event) => event.attempt),
      [1, 2],
    );
    const earlier = (task: string) => ask(project, async (opened) => (await opened.lineage(task)).made?.earlier);
    const command = project.events().flatMap((event) => (event.kind === 'failed' ? [event.failure] : []));
    assert.deepEqual(await earlier('moody'), command);
    assert.match(JSON.stringify(command), /"exit","code":1,"command":"echo x/);
    await project.run('items');
    const message = `moody ${'x'.repeat(294)}`;
    assert.deepEqual(await earlier('items'), [{ kind: 'item', item: 'a.txt', message }]);
    assert.deepEqual(await ask(project, async (opened) => (await opened.log('items', 1))[0]?.earlier?.length), 1);
    assert.deepEqual(await project.run('never'), ['retrying never: exit 1', 'failed never: exit 1']);
    assert.equal(project.read('nevers'), 'x\nx\n');
  });
});

test('a task that hangs is ended with its children', () => {
  const pipeline = `stages:\n  hang: { run: '(sleep 2; echo > late) & sleep 60', timeout: 0.3 s, out: x.txt }\n`;
  return inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    assert.deepEqual(await project.run(), ['failed hang: timeout']);
  });
});

test('a task that eats memory is ended, and the figures are said', () => {
  const eat = `node -e 'const a=[];setInterval(()=>a.push(Buffer.alloc(3e7,1)),20)'`;
  const pipeline = `stages:\n  eat:\n    run: ${eat}\n    resources: { memory: 150 MB }\n    timeout: 60 s\n    out: x.txt\n`;
  return inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    assert.deepEqual(await project.run(), ['failed eat: memory']);
    const failed = project.events().find((event) => event.kind === 'failed');
    assert.ok(
      failed?.kind === 'failed' && failed.failure.kind === 'memory' && failed.failure.bytes > failed.failure.limit,
    );
  });
});

test('an abort keeps what is finished, and the next run goes on', () => {
  const pipeline = `
stages:
  first: { run: 'echo 1 > \${out}', out: x.txt }
  second: { run: 'touch there; [ -e go ] || sleep 60; cat \${in.x} > \${out}', in: { x: first }, out: x.txt }
`;
  return inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    const stop = new AbortController();
    const opened = await project.open();
    const kinds: string[] = [];
    const request = { targets: [], force: [], failFast: false, signal: stop.signal };
    for await (const event of opened.run(request)) {
      if (event.kind === 'started' && event.task === 'second') stop.abort();
      if (event.kind === 'run-finished') kinds.push(event.summary.outcome);
      else if ('task' in event) kinds.push(`${event.kind} ${event.task}`);
    }
    await opened.close();
    assert.deepEqual(kinds, ['started first', 'finished first', 'started second', 'failed second', 'interrupted']);
    project.write('go', '');
    assert.deepEqual(await project.run(), ['reused first', 'ran second']);
  });
});

test('a declared variable of the environment counts, another does not', () => {
  const pipeline = `stages:\n  env: { run: 'echo $FLOW_TRACE_A > \${out}', env: [FLOW_TRACE_A], out: x.txt }\n`;
  return inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    try {
      process.env.FLOW_TRACE_A = '1';
      process.env.FLOW_TRACE_B = '1';
      assert.deepEqual(await project.run(), ['ran env']);
      assert.equal(project.read('artifacts/env/x.txt'), '1\n');
      process.env.FLOW_TRACE_B = '2';
      assert.deepEqual(await project.run(), ['reused env']);
      process.env.FLOW_TRACE_A = '2';
      assert.deepEqual(await project.run(), ['ran env']);
      process.env.FLOW_TRACE_A = '1';
      assert.deepEqual(await project.run(), ['restored env']);
    } finally {
      delete process.env.FLOW_TRACE_A;
      delete process.env.FLOW_TRACE_B;
    }
  });
});
