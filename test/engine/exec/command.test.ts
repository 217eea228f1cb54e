import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { measureByPs, measureGroups } from '../../../engine/exec/processes.ts';
import { itemsOf, survivors, waitForEnd, workbench } from './workbench.ts';

const shell = (command: string) => ({ kind: 'command', command }) as const;

test('a command writes its output, and its words go to the log, unfinished lines too', async (context) => {
  const bench = workbench(context);
  const job = bench.job(shell(''));
  const { outcome, log } = await bench.run({
    ...job,
    action: shell(`cp 0 "${job.outputs.out}" || printf 'a\\nb' | tee '${job.outputs.out}'; printf 'c' >&2`),
  });
  assert.equal(outcome.ok, true);
  assert.match(log, /a\nbc$/);
  assert.equal(readFileSync(job.outputs.out ?? '', 'utf8'), 'a\nb');
});

test('a list of arguments needs no shell, and a silent command leaves no log', async (context) => {
  const bench = workbench(context);
  const job = bench.job({ kind: 'command', command: ['touch', '$HOME "x"'] });
  assert.equal((await bench.run(job)).outcome.ok, true);
  assert.ok(existsSync(join(bench.root, '$HOME "x"')));
  assert.ok(!existsSync(job.logFile));
});

test('the log of an earlier attempt is kept', async (context) => {
  const bench = workbench(context);
  const job = bench.job(shell('echo second'));
  writeFileSync(job.logFile, 'first\n');
  assert.equal((await bench.run(job)).log, 'first\nsecond\n');
});

test('variables and thread settings reach the command, declared ones first', async (context) => {
  const bench = workbench(context);
  const more = { threads: 3, environment: { MY_OWN: 'x', MKL_NUM_THREADS: '7' } };
  const { log } = await bench.run(
    bench.job(shell('echo $OMP_NUM_THREADS $UV_THREADPOOL_SIZE $MY_OWN $MKL_NUM_THREADS'), more),
  );
  assert.equal(log, '3 4 x 7\n');
});

const endings = [
  { command: shell('exit 3'), failure: { kind: 'exit', code: 3, command: 'exit 3' } },
  {
    command: { kind: 'command', command: ['sh', '-c', "kill -SEGV $$ # it's"] } as const,
    failure: { kind: 'signal', signal: 'SIGSEGV', command: "sh -c 'kill -SEGV $$ # it'\\''s'" },
  },
  {
    command: { kind: 'command', command: ['no-such-program'] } as const,
    failure: {
      kind: 'threw',
      message: "The program 'no-such-program' was not found; is it installed and on the PATH?",
    },
  },
  {
    command: { kind: 'command', command: ['echo', 'x'.repeat(140_000)] } as const,
    failure: {
      kind: 'threw',
      message: "The command line of 'echo' is too long for this system; hand over a list in a file.",
    },
  },
  {
    command: { kind: 'command', command: ['/etc/passwd/x'] } as const,
    failure: { kind: 'threw', message: "The program '/etc/passwd/x' could not be started: spawn ENOTDIR" },
  },
];
for (const { command, failure } of endings) {
  test(`an ending is told: ${JSON.stringify(failure)}`, async (context) => {
    const bench = workbench(context);
    const { outcome } = await bench.run(bench.job(command));
    assert.deepEqual(outcome.ok ? {} : outcome.failure, failure);
  });
}

/** A child that obeys nothing, with a grandchild in its group and one that has left it. */
const stubborn =
  "trap '' TERM INT HUP; (trap '' TERM; sleep 60) & setsid sleep 60 & echo ready; while true; do sleep 1; done";

test('a timeout ends a stubborn command with all that it started', async (context) => {
  const bench = workbench(context);
  const { outcome, log } = await bench.run(bench.job(shell(stubborn), { timeout: 0.5 }));
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'timeout', seconds: 0.5 });
  assert.equal(log, 'ready\n');
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

test('a timeout that no single timer reaches ends nothing early', async (context) => {
  const bench = workbench(context);
  const { outcome } = await bench.run(bench.job(shell('sleep 0.2'), { timeout: 30 * 24 * 3600 }));
  assert.equal(outcome.ok, true);
});

test('an abort ends it too', async (context) => {
  const bench = workbench(context);
  const abort = new AbortController();
  const job = bench.job(shell(stubborn));
  const running = bench.run(job, abort.signal);
  while (!existsSync(job.logFile) || readFileSync(job.logFile, 'utf8') === '') await sleep(10);
  abort.abort();
  const { outcome } = await running;
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'interrupted' });
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

test('nothing is started after an abort', async (context) => {
  const bench = workbench(context);
  const { outcome } = await bench.run(bench.job(shell('touch started')), AbortSignal.abort());
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'interrupted' });
  assert.ok(!existsSync(join(bench.root, 'started')));
});

test('a background child does not outlive its command', async (context) => {
  const bench = workbench(context);
  assert.equal((await bench.run(bench.job(shell('sleep 60 & echo done')))).outcome.ok, true);
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

test('memory is watched over the whole group', async (context) => {
  const bench = workbench(context);
  const eat = `"${process.execPath}" -e "const held = []; setInterval(() => held.push(Buffer.alloc(2e7, 1)), 20)"`;
  const { outcome } = await bench.run(bench.job(shell(`${eat} & wait`), { memory: 300e6, timeout: 60 }));
  assert.ok(!outcome.ok && outcome.failure.kind === 'memory' && outcome.failure.bytes > 300e6, JSON.stringify(outcome));
  assert.ok(outcome.peakMemory && outcome.peakMemory > 300e6);
  assert.deepEqual(await waitForEnd(bench.runId), []);
});

test('both ways of measuring a group see this process', async () => {
  const [, , group = ''] = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const groups = new Set([Number(group)]);
  for (const measure of [measureGroups, measureByPs]) {
    assert.ok(((await measure(groups)).get(Number(group)) ?? 0) > 20e6);
  }
});

test('items have commands of their own; the first failure names its item and ends the rest', async (context) => {
  const bench = workbench(context);
  const { list, batch } = itemsOf(bench, ['a', 'b', 'c', 'd']);
  const command = (id: string) => (id === 'c' ? 'echo broken; exit 4' : `cp items/${id} items/${id}.out`);
  const items = { batch, list: list.map((item) => ({ ...item, command: command(item.id) })) };
  const ran = await bench.run(bench.job({ kind: 'command' }, { items }));
  assert.deepEqual(
    ran.items.map(({ kind, id }) => `${kind} ${id}`),
    ['made a', 'made b'],
  );
  assert.deepEqual(ran.outcome.ok ? {} : ran.outcome.failure, {
    kind: 'item',
    item: 'c',
    message: '`echo broken; exit 4` ended with exit code 4',
  });
  assert.equal(ran.log, 'broken\n');
  assert.equal(readFileSync(join(bench.root, 'items/b.out'), 'utf8'), 'b');
});

test('closing ends what runs', async (context) => {
  const bench = workbench(context);
  const running = bench.run(bench.job(shell('echo started; sleep 60')));
  while (survivors(bench.runId).length === 0) await sleep(10);
  await bench.executor.close();
  const { outcome } = await running;
  assert.ok(!outcome.ok && outcome.failure.kind === 'signal');
});
