import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { keepPhotos } from '../../../vision/training/photos.ts';
import { type RowThreads, startRowThreads } from '../../../vision/training/row-threads.ts';
import { makeRow, type RowOrder } from '../../../vision/training/rows.ts';
import { makeFolder } from '../../stages/run-stage.ts';
import { paintPhoto } from '../../stages/small-contest.ts';

const going = new AbortController().signal;
const photos = ['red/1.png', 'red/2.png', 'blue/1.png', 'blue/2.png', 'blue/3.png'];

async function ordersOf(context: TestContext): Promise<readonly RowOrder[]> {
  const folder = await makeFolder(context);
  for (const photo of photos) await paintPhoto(folder, photo);
  return photos.flatMap((photo) => {
    const common = { photo, path: join(folder, photo), turn: 90, preprocessing: 'lite' } as const;
    return [
      { ...common, size: 32, view: { seed: [1, photo, 0] } },
      { ...common, size: 40, view: { seed: [1, photo, 1] } },
      { ...common, size: 40, view: { flipped: true } },
    ];
  });
}

const makeAll = (threads: RowThreads, orders: readonly RowOrder[]) =>
  Promise.all(orders.map((order) => threads.make(photos.indexOf(order.photo), order)));

test('rows are those of one thread alone, however many there are and in which order they are asked for', async (context) => {
  const orders = await ordersOf(context);
  const open = keepPhotos(0);
  const wanted: Float32Array[] = [];
  for (const order of orders) wanted.push(await makeRow(order, open));
  assert.equal(new Set(wanted.map((row) => row.join())).size, orders.length);
  for (const count of [1, 3]) {
    const threads = startRowThreads(count, going);
    assert.deepEqual(await makeAll(threads, orders), wanted);
    assert.deepEqual((await makeAll(threads, orders.toReversed())).toReversed(), wanted);
    await threads.close();
  }
});

test('a photo that cannot be opened fails by its name, and the others go on', async (context) => {
  const orders = await ordersOf(context);
  const [good, bad] = orders as [RowOrder, RowOrder];
  await writeFile(bad.path.replace('1.png', '2.png'), 'no photo');
  const threads = startRowThreads(1, going);
  const broken = { ...bad, photo: 'red/2.png', path: bad.path.replace('1.png', '2.png') };
  const outcomes = await Promise.allSettled([threads.make(0, broken), threads.make(0, good)]);
  await threads.close();
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  );
  assert.match(String((outcomes[0] as PromiseRejectedResult).reason), /The photo red\/2\.png cannot be used: .*format/);
});

test('an abort, and the end of the threads, fail what is still asked for and what is asked for later', async (context) => {
  const orders = await ordersOf(context);
  const [order] = orders as [RowOrder];
  const stop = new AbortController();
  const aborted = startRowThreads(2, stop.signal);
  const asked = makeAll(aborted, orders);
  stop.abort(new Error('stopped by hand'));
  await assert.rejects(asked, /stopped by hand/);
  await assert.rejects(aborted.make(0, order), /stopped by hand/);
  await aborted.close();
  const closed = startRowThreads(1, going);
  const late = assert.rejects(closed.make(0, order), /have ended/);
  await closed.close();
  await late;
});
