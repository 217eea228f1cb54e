import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { withLock } from '../../../vision/tensorflow/lock.ts';
import { makeFolder } from '../../stages/run-stage.ts';

const module = new URL('../../../vision/tensorflow/lock.ts', import.meta.url).href;
const idle = new AbortController().signal;

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holdElsewhere(path: string) {
  const script = `
    const { withLock } = await import(${JSON.stringify(module)});
    const request = { path: ${JSON.stringify(path)}, signal: new AbortController().signal, onWait: () => {} };
    await withLock(request, () => new Promise(() => {
      console.log('held');
      setInterval(() => {}, 1000);
    }));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a lock is waited for, and dies with its holder', async (context) => {
  const path = join(await makeFolder(context), 'x.lock');
  const holder = await holdElsewhere(path);
  context.after(() => holder.kill('SIGKILL'));
  const order: string[] = [];
  const onWait = () => {
    order.push('waiting');
    holder.kill('SIGKILL');
  };
  await withLock({ path, signal: idle, onWait }, async () => void order.push('taken'));
  assert.deepEqual(order, ['waiting', 'taken']);
});

test('it is given back after the body, also where that throws', async (context) => {
  const path = join(await makeFolder(context), 'x.lock');
  const onWait = () => assert.fail('nobody holds it');
  await assert.rejects(
    withLock({ path, signal: idle, onWait }, () => Promise.reject(new Error('body'))),
    /body/,
  );
  assert.equal(await withLock({ path, signal: idle, onWait }, async () => 7), 7);
});

test('waiting ends with the signal', async (context) => {
  const path = join(await makeFolder(context), 'x.lock');
  const controller = new AbortController();
  await withLock({ path, signal: idle, onWait: () => {} }, async () => {
    const second = withLock({ path, signal: controller.signal, onWait: () => controller.abort() }, async () => 1);
    await assert.rejects(second, { name: 'AbortError' });
  });
});
