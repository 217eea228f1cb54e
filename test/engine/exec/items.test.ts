import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { itemsOf, workbench } from './workbench.ts';

const copy =
  "const { copyFileSync } = await import('node:fs'); for (const item of items) copyFileSync(item.path, item.outputs.out);";

function names(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `i${String(index).padStart(4, '0')}`);
}

test('every item is made once, over several workers, whatever the batch', async (context) => {
  const bench = workbench(context);
  for (const batch of [1, 7]) {
    const action = bench.itemStage(`console.log(process.pid, items.length); ${copy}`);
    const job = bench.job(action, { workers: 2, items: itemsOf(bench, names(600), batch) });
    const { outcome, items, log } = await bench.run(job);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    assert.deepEqual(items.map((item) => item.id).sort(), names(600));
    assert.ok(items.every((item) => item.kind === 'made' && item.seconds > 0));
    assert.equal(readFileSync(join(bench.root, 'items/i0599.out'), 'utf8'), 'i0599');
    const sizes = log
      .trim()
      .split('\n')
      .map((line) => Number(line.split(' ')[1]));
    assert.equal(sizes.length, Math.ceil(600 / batch));
    assert.equal(Math.max(...sizes), batch);
    assert.equal(
      new Set(
        log
          .trim()
          .split('\n')
          .map((line) => line.split(' ')[0]),
      ).size,
      2,
    );
  }
});

test('each item comes with the digest of its file', async (context) => {
  const bench = workbench(context);
  const action = bench.itemStage('for (const { id, digest } of items) log(`${id} ${digest}`);');
  const items = itemsOf(bench, names(3), 2);
  const { log } = await bench.run(bench.job(action, { workers: 1, items }));
  assert.equal(log, items.list.map(({ id, digest }) => `${id} ${digest}\n`).join(''));
});

test('`load` runs once a worker and task, and its state is handed on', async (context) => {
  const bench = workbench(context);
  const load = "load: ({ params, log }) => { log('load ' + process.pid); return { seen: 0 }; },";
  const action = bench.itemStage("state.seen += items.length; log('seen ' + state.seen);", load);
  const job = { workers: 1, items: itemsOf(bench, names(3)) };
  for (let turn = 0; turn < 2; turn++) {
    const { log } = await bench.run(bench.job(action, job));
    assert.match(log, /^load \d+\nseen 1\nseen 2\nseen 3\n$/);
  }
});

test('media types are told by content; what is not taken is ignored with its type, unless its name alone says photo', async (context) => {
  const bench = workbench(context);
  const items = itemsOf(bench, ['a.txt', 'b.png', 'c.jpg', 'd.png', 'e.JPG', 'empty.jpg'], 4);
  const photo = sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } });
  const path = (name: string) => join(bench.root, 'items', name);
  await photo.clone().jpeg().toFile(path('photo.jpg'));
  copyFileSync(path('photo.jpg'), path('b.png'));
  copyFileSync(path('photo.jpg'), path('e.JPG'));
  await photo.clone().png().toFile(path('c.jpg'));
  // A PNG whose first chunk after the header is larger than any sample of it.
  const png = readFileSync(path('c.jpg'));
  const chunk = Buffer.alloc(9000 + 12);
  chunk.writeUInt32BE(9000, 0);
  chunk.write('tEXt', 4);
  writeFileSync(path('d.png'), Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]));
  writeFileSync(path('empty.jpg'), '');
  const job = bench.job(bench.itemStage(copy), { items: { ...items, takes: ['image/jpeg'] } });
  const ran = await bench.run(job);
  assert.ok(ran.outcome.ok, JSON.stringify(ran.outcome));
  assert.deepEqual(ran.items.map((item) => `${item.id} ${item.kind === 'ignored' ? item.type : item.kind}`).sort(), [
    'a.txt unknown',
    'b.png made',
    'c.jpg image/png',
    'd.png image/png',
    'e.JPG made',
    'empty.jpg made',
  ]);
});

test('an item is skipped with a reason and the others go on', async (context) => {
  const bench = workbench(context);
  // `skip` is the stage's own word for an item without a result, which is what is tested here; no test is skipped.
  const body = "for (const item of items) if (item.id === 'b') item.skip('a broken photo');";
  const { outcome, items } = await bench.run(
    bench.job(bench.itemStage(body), { items: itemsOf(bench, ['a', 'b', 'c'], 3) }),
  );
  assert.ok(outcome.ok);
  assert.deepEqual(
    items.map((item) => (item.kind === 'skipped' ? `${item.id}: ${item.reason}` : item.kind)),
    ['made', 'b: a broken photo', 'made'],
  );
});

test('a throw fails the task and names the item; what was made before counts', async (context) => {
  const bench = workbench(context);
  const body = `${copy} if (items.some((item) => item.id === 'c')) throw new RangeError('too dark');`;
  for (const batch of [1, 4]) {
    const ran = await bench.run(
      bench.job(bench.itemStage(body), { items: itemsOf(bench, ['a', 'b', 'c', 'd'], batch) }),
    );
    assert.ok(!ran.outcome.ok && ran.outcome.failure.kind === 'item', JSON.stringify(ran.outcome));
    assert.equal(ran.outcome.failure.item, 'c');
    assert.equal(ran.outcome.failure.message, 'too dark');
    assert.deepEqual(
      ran.items.map((item) => item.id),
      ['a', 'b'],
    );
  }
});

test('a batch that only fails as a whole is made item by item, and the log says so', async (context) => {
  const bench = workbench(context);
  const body = `if (items.length > 1) throw new Error('out of memory'); ${copy}`;
  const { outcome, items, log } = await bench.run(
    bench.job(bench.itemStage(body), { items: itemsOf(bench, ['a', 'b'], 2) }),
  );
  assert.ok(outcome.ok);
  assert.deepEqual(
    items.map((item) => item.kind),
    ['made', 'made'],
  );
  assert.match(log, /A batch of 2 items failed and was then made item by item: out of memory/);
});

test("a fault of `load` is no item's", async (context) => {
  const bench = workbench(context);
  const action = bench.itemStage('', "load: () => { throw new Error('no weights'); },");
  const { outcome } = await bench.run(bench.job(action, { items: itemsOf(bench, ['a', 'b'], 2) }));
  assert.ok(
    !outcome.ok && outcome.failure.kind === 'threw' && outcome.failure.message === 'no weights',
    JSON.stringify(outcome),
  );
});

test('a lost worker names where it was, and others finish what they have', async (context) => {
  const bench = workbench(context);
  const body = `${copy} if (items[0].id === 'i0000') process.kill(process.pid, 'SIGSEGV');`;
  const ran = await bench.run(bench.job(bench.itemStage(body), { workers: 2, items: itemsOf(bench, names(40), 2) }));
  assert.ok(!ran.outcome.ok && ran.outcome.failure.kind === 'worker-lost', JSON.stringify(ran.outcome));
  assert.match(
    ran.outcome.failure.message,
    /signal SIGSEGV\. It was in the batch of up to 2 that begins with item 'i0000'/,
  );
  assert.ok(!ran.items.some((item) => item.id === 'i0000'));
});

test('an abort keeps what was finished and reports nothing that was not', async (context) => {
  const bench = workbench(context);
  const abort = new AbortController();
  const body = `await new Promise((resolve) => { setTimeout(resolve, 30); signal.addEventListener('abort', resolve); }); if (!signal.aborted) { ${copy} }`;
  const job = bench.job(bench.itemStage(body), { items: itemsOf(bench, names(200)) });
  const made: string[] = [];
  const listener = {
    progress: () => {},
    item: (item: { id: string }) => {
      made.push(item.id);
      if (made.length === 3) abort.abort();
    },
  };
  const outcome = await bench.executor.run(job, listener, abort.signal);
  assert.deepEqual(outcome.ok ? {} : outcome.failure, { kind: 'interrupted' });
  assert.ok(made.length < 200);
  for (const id of made) assert.equal(readFileSync(join(bench.root, `items/${id}.out`), 'utf8'), id);
});

test('randomness depends on the item alone', async (context) => {
  const bench = workbench(context);
  const action = bench.itemStage("for (const item of items) log(item.id + ' ' + item.random());");
  const run = async (batch: number) =>
    (await bench.run(bench.job(action, { items: itemsOf(bench, ['a', 'b', 'c'], batch) }))).log;
  const lines = await run(1);
  assert.equal(await run(3), lines);
  assert.equal(
    new Set(
      lines
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[1]),
    ).size,
    3,
  );
});

test('a stage of another kind than the pipeline says is told', async (context) => {
  const bench = workbench(context);
  const wrong = await bench.run(bench.job(bench.stage(''), { items: itemsOf(bench, ['a']) }));
  assert.match(JSON.stringify(wrong.outcome), /runs once a task and takes no `each:`/);
  const other = await bench.run(bench.job(bench.itemStage('')));
  assert.match(JSON.stringify(other.outcome), /needs `each:`/);
});

test('no items are no work', async (context) => {
  const bench = workbench(context);
  assert.ok((await bench.run(bench.job(bench.itemStage(''), { items: itemsOf(bench, []) }))).outcome.ok);
});
