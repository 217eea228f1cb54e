import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { checkWays } from './ways.ts';

const project = resolve(import.meta.dirname, '../..');

test('the way of every test photo and every training photo of the shipped pipeline is complete', async (context) => {
  const root = mkdtempSync(join(tmpdir(), 'flow-ways-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ['pipeline.yaml', 'stages', 'vision', 'engine', 'package.json']) {
    cpSync(join(project, name), join(root, name), { recursive: true });
  }
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  execFileSync(process.execPath, [join(project, 'engine/cli/flow.mjs'), 'run', 'predict'], {
    cwd: root,
    stdio: 'ignore',
  });
  const { test: tested, train } = await checkWays(root);
  // `sample` draws 60 test photos and 60 training photos of each of four classes.
  assert.deepEqual([tested, train > 200], [60, true]);
});
