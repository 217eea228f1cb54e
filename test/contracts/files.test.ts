/** What every implementation of the port `Files` has to do, whatever it rests on. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFiles } from '../../engine/files/files.ts';
import { digestText } from '../../engine/hash/digest.ts';
import { manifestOf } from '../../engine/hash/manifest.ts';
import type { Files, PathQuery } from '../../engine/model/ports.ts';

interface World {
  readonly files: Files;
  readonly root: string;
  /** What another process of the same project sees. */
  readonly reopen: () => Files;
}

const implementations: Readonly<Record<string, (root: string) => World>> = {
  'stat cache on disk': (root) => {
    const reopen = () => createFiles({ root, cacheFolder: join(root, '.flow/cache/files') });
    return { root, files: reopen(), reopen };
  },
};

const plain = (path: string): PathQuery => ({ path, glob: false });

for (const [name, create] of Object.entries(implementations)) {
  test(`Files (${name}) keeps its contract`, async (context) => {
    const root = fs.mkdtempSync(join(tmpdir(), 'flow-contract-'));
    context.after(() => fs.rmSync(root, { recursive: true, force: true }));
    const { files, reopen } = create(root);
    fs.mkdirSync(join(root, 'folder'));
    fs.writeFileSync(join(root, 'folder/a.txt'), 'a');
    fs.writeFileSync(join(root, 'file'), 'text');

    await context.test('answers every query in its order, absolute and relative alike', async () => {
      const states = await files.look([plain('file'), plain('none'), plain(join(root, 'folder')), plain('file')]);
      const manifest = manifestOf([{ path: 'a.txt', digest: digestText('a'), bytes: 1 }]);
      assert.deepEqual(states[0], { kind: 'file', digest: digestText('text'), bytes: 4 });
      assert.deepEqual(states[1], { kind: 'missing' });
      assert.ok(states[2]?.kind === 'folder' && states[2].digest === manifest.digest && states[2].bytes === 1);
      assert.deepEqual(states[2].manifest(), manifest);
      assert.deepEqual(states[3], states[0]);
      assert.deepEqual(await files.look([]), []);
    });

    await context.test('a glob gives the digest of a folder that holds just what matches', async () => {
      const [glob] = await files.look([{ path: 'folder/*.txt', glob: true }]);
      const [folder] = await files.look([plain('folder')]);
      assert.ok(glob?.kind === 'folder' && folder?.kind === 'folder' && glob.digest === folder.digest);
    });

    await context.test('tells what changed since the last look, and the next look sees it', async () => {
      assert.deepEqual(await files.changedSince([plain('file'), plain('folder')]), []);
      fs.writeFileSync(join(root, 'folder/a.txt'), 'b');
      assert.deepEqual(await files.changedSince([plain('file'), plain('folder')]), ['folder/a.txt']);
      const [state] = await files.look([plain('folder')]);
      assert.ok(state?.kind === 'folder' && state.manifest().entries[0]?.digest === digestText('b'));
      assert.deepEqual(await files.changedSince([plain('folder')]), []);
    });

    await context.test('after save another process gives the same answers', async () => {
      await files.save();
      const queries = [plain('file'), plain('folder'), plain('none')];
      assert.equal(JSON.stringify(await reopen().look(queries)), JSON.stringify(await files.look(queries)));
    });
  });
}
