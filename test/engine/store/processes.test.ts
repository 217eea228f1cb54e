import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TaskName } from '../../../engine/model/names.ts';
import { createProject, emptyMaterial, keyNamed, recordNamed, type TestProject } from './project.ts';

const program = fileURLToPath(new URL('./process-worker.ts', import.meta.url));

function start(context: TestContext, project: TestProject, run: string, ...work: readonly string[]) {
  const child = spawn(process.execPath, [program, project.root, run, ...work], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  return { child, lines, reader };
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

test('a process killed while it commits: everything that it called durable is there afterwards', async (context) => {
  const project = createProject(context);
  for (const run of ['killed-1', 'killed-2', 'killed-3']) {
    const { child, lines, reader } = start(context, project, run, 'commit for ever');
    while (lines.length < 15) await once(reader, 'line');
    await killed(child);
    const durable = Number(lines.at(-1));
    const { store } = project.open(`after-${run}`);
    const names = Array.from({ length: durable + 1 }, (_, count) => keyNamed(`${run} ${count}`));
    assert.equal((await store.find(names)).size, durable + 1);
    assert.equal((await store.materials(names)).size, durable + 1);
    const items = Array.from({ length: durable + 1 }, (_, count) => keyNamed(`${run} item ${count}`));
    assert.equal((await store.findItems(items)).size, durable + 1);
    await store.commit({ records: [{ record: recordNamed(`after ${run}`), material: emptyMaterial }] });
  }
});

test('a claim of a living run is waited for, one of a killed run is taken over and its attempts are swept', async (context) => {
  const project = createProject(context);
  const { child, lines, reader } = start(context, project, 'holder', 'hold', 'task');
  while (!lines.includes('held')) await once(reader, 'line');
  const { store } = project.open('waiter');
  const soon = new AbortController();
  setTimeout(() => soon.abort(), 300);
  await assert.rejects(store.claim(keyNamed('task'), soon.signal), { name: 'AbortError' });
  assert.ok(fs.readdirSync(project.path('.flow/attempts/holder')).includes('1-task'));

  const claim = store.claim(keyNamed('task'), new AbortController().signal);
  await killed(child);
  await (await claim).release();
  assert.equal(fs.existsSync(project.path('.flow/attempts/holder')), false);
  assert.deepEqual(fs.readdirSync(project.path('.flow/runs')), ['waiter.lock']);
  assert.deepEqual(fs.readdirSync(project.path('.flow/claims')), []);
});

test('a claim whose text a power cut took is nobody’s, and costs nobody an attempt', async (context) => {
  const project = createProject(context);
  const { store } = project.open('run');
  const attempt = await store.attemptFolder('other' as TaskName);
  for (const name of [keyNamed('task'), 'other']) project.write(`.flow/claims/${name}`, '');
  project.write('.flow/collecting', '');
  await (await store.claim(keyNamed('task'), new AbortController().signal)).release();
  assert.ok(fs.existsSync(attempt));
  await project.open('next').store.attemptFolder('other' as TaskName);
  assert.ok(fs.existsSync(attempt));
});

test('two tasks of long names have a log each', async (context) => {
  const { store } = createProject(context).open('run');
  const named = (rate: string) => `t@data=${'d'.repeat(90)}@lr=${rate}@rest=${'r'.repeat(28)}` as TaskName;
  assert.notEqual(await store.logFile(named('0.1')), await store.logFile(named('0.2')));
});

test('a damaged lock of a dead run keeps nobody waiting, that of a living run still holds', async (context) => {
  const project = createProject(context);
  const lock = (run: string) => project.path(`.flow/runs/${run}.lock`);
  const { child, lines, reader } = start(context, project, 'living', 'hold', 'task');
  while (!lines.includes('held')) await once(reader, 'line');
  for (const [run, bytes] of [
    ['living', 'rubbish'],
    ['dead-1', 'rubbish'],
    ['dead-2', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(900, 7)])],
  ] as const)
    fs.writeFileSync(lock(run), bytes);
  fs.mkdirSync(project.path('.flow/attempts/dead-1/1-task'), { recursive: true });
  const { store } = project.open('waiter');
  const soon = new AbortController();
  setTimeout(() => soon.abort(), 300);
  await assert.rejects(store.claim(keyNamed('task'), soon.signal), { name: 'AbortError' });
  assert.deepEqual(fs.readdirSync(project.path('.flow/runs')).sort(), ['living.lock', 'waiter.lock']);
  assert.ok(!fs.existsSync(project.path('.flow/attempts/dead-1')));
  await killed(child);
  await (await store.claim(keyNamed('task'), new AbortController().signal)).release();
  assert.deepEqual(fs.readdirSync(project.path('.flow/runs')), ['waiter.lock']);
});

test('three processes that want the same keys make each once, also after one was killed with claims', async (context) => {
  const project = createProject(context);
  const keys = Array.from({ length: 12 }, (_, index) => `key ${index}`);
  const holder = start(context, project, 'killed', 'hold', keys[5] ?? '');
  while (!holder.lines.includes('held')) await once(holder.reader, 'line');
  await killed(holder.child);
  const makers = [1, 2, 3].map((number) => start(context, project, `maker-${number}`, 'make each once', ...keys));
  const codes = await Promise.all(makers.map(async ({ child }) => (await once(child, 'close'))[0]));
  assert.deepEqual(codes, [0, 0, 0]);
  const made = makers.flatMap(({ lines }) => lines).toSorted();
  assert.deepEqual(made, keys.map((key) => `made ${key}`).toSorted());
});

test('two tasks of one run that have the same key take turns', async (context) => {
  const { store } = createProject(context).open();
  const signal = new AbortController().signal;
  const first = await store.claim(keyNamed('same'), signal);
  let isHeld = false;
  const second = store.claim(keyNamed('same'), signal).then((claim) => {
    isHeld = true;
    return claim;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isHeld, false);
  await first.release();
  await (await second).release();
});

test('a run that ends leaves no lock, no claim and no attempts; its checkpoints stay', async (context) => {
  const project = createProject(context);
  const { store } = project.open('short');
  await store.claim(keyNamed('a'), new AbortController().signal).then((claim) => claim.release());
  const attempt = await store.attemptFolder(recordNamed('a/../b c').task);
  assert.equal(dirname(attempt), project.path('.flow/attempts/short'));
  const checkpoint = await store.checkpointFolder(keyNamed('checkpoint'));
  fs.mkdirSync(checkpoint, { recursive: true });
  fs.writeFileSync(`${checkpoint}/epoch`, '3');
  const log = await store.logFile(recordNamed('a').task);
  fs.writeFileSync(log, 'one\ntwo\nthree\n');
  assert.deepEqual(await store.logTail(log, 2), ['two', 'three']);
  assert.deepEqual(await store.logTail(project.path('nowhere'), 2), []);
  await store.close();
  assert.deepEqual(fs.readdirSync(project.path('.flow/runs')), []);
  assert.equal(fs.existsSync(project.path('.flow/attempts/short')), false);
  const again = await project.open().store.checkpointFolder(keyNamed('checkpoint'));
  assert.equal(fs.readFileSync(`${again}/epoch`, 'utf8'), '3');
});
