/** What every implementation of the port `Store` has to do, whatever it rests on. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFiles } from '../../engine/files/files.ts';
import { digestText } from '../../engine/hash/digest.ts';
import type { RunId } from '../../engine/model/names.ts';
import type { Store } from '../../engine/model/ports.ts';
import { createStore } from '../../engine/store/store.ts';
import { emptyMaterial, fileOutput, itemNamed, keyNamed, recordNamed } from '../engine/store/project.ts';

const implementations: Readonly<Record<string, (root: string, run: string) => Store>> = {
  'folders and SQLite': (root, run) => {
    const files = createFiles({ root, cacheFolder: join(root, '.flow/cache/files') });
    return createStore({ root, run: run as RunId, files });
  },
};

for (const [name, create] of Object.entries(implementations)) {
  test(`Store (${name}) keeps its contract`, async (context) => {
    const root = fs.mkdtempSync(join(tmpdir(), 'flow-contract-'));
    const store = create(root, 'run-1');
    const other = create(root, 'run-2');
    context.after(async () => {
      await store.close();
      await other.close();
      fs.rmSync(root, { recursive: true, force: true });
    });
    const signal = new AbortController().signal;
    const record = recordNamed('task', { outputs: { out: fileOutput('text') } });

    await context.test('an attempt is taken, committed and found, here and by another run', async () => {
      const claim = await store.claim(record.key, signal);
      assert.equal((await store.find([record.key])).size, 0);
      const folder = await store.attemptFolder(record.task);
      assert.deepEqual(fs.readdirSync(folder), []);
      await store.makeFolders([join(folder, 'deep/er')]);
      fs.writeFileSync(join(folder, 'deep/er/out'), 'text');
      const taken = await store.take(join(folder, 'deep/er/out'), 'file');
      assert.deepEqual(taken, { digest: digestText('text'), bytes: 4 });
      await store.dropAttempt(folder);
      assert.equal(fs.existsSync(folder), false);
      await store.commit({ records: [{ record, material: emptyMaterial }], items: [itemNamed('item')] });
      await claim.release();
      for (const one of [store, other]) {
        assert.deepEqual((await one.find([record.key])).get(record.key), record);
        assert.deepEqual((await one.materials([record.key])).get(record.key), emptyMaterial);
        assert.deepEqual(
          [...(await one.findItems([keyNamed('item'), keyNamed('none')])).values()],
          [itemNamed('item')],
        );
        assert.deepEqual(await one.history(record.task), [record]);
      }
    });

    await context.test('a claim is held by one at a time', async () => {
      const claim = await store.claim(keyNamed('shared'), signal);
      const waiting = other.claim(keyNamed('shared'), signal);
      const first = await Promise.race([
        waiting.then(() => 'other'),
        new Promise((resolve) => setTimeout(resolve, 40)),
      ]);
      assert.equal(first, undefined);
      await claim.release();
      await (await waiting).release();
    });

    await context.test('texts and objects are known by digest', async () => {
      const digest = await store.putText('words\n');
      assert.equal(digest, digestText('words\n'));
      assert.equal(await other.readText(digest), 'words\n');
      assert.equal(await store.readText(digestText('never stored')), undefined);
      const objects = [
        { digest, bytes: 6 },
        { digest: digestText('never stored'), bytes: 12 },
      ];
      assert.deepEqual(await store.missing(objects), [digestText('never stored')]);
    });

    await context.test('the view shows what was placed last, and its book outlives the process', async () => {
      const places = [{ out: 'out', view: 'task/out', output: fileOutput('text') }];
      assert.deepEqual(await store.place({ task: record.task, record, places }), { kind: 'placed', movedAside: [] });
      assert.equal(fs.readFileSync(join(root, 'artifacts/task/out'), 'utf8'), 'text');
      await store.saveView();
      const view = await create(root, 'run-3').view();
      assert.deepEqual([...view], [[record.task, { key: record.key, record, views: ['task/out'] }]]);
      const lost = { ...fileOutput('never stored') };
      const damaged = await store.place({
        task: record.task,
        record,
        places: [{ out: 'out', view: 'task/out', output: lost }],
      });
      assert.deepEqual(damaged, { kind: 'damaged', digests: [lost.digest] });
      assert.ok((await store.bytes()) > 0);
    });
  });
}
