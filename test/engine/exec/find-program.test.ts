import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from '../../../engine/exec/find-program.ts';

test('a program is the first executable file of its name on the PATH, searched again when it went away', (context) => {
  const root = mkdtempSync(join(tmpdir(), 'flow-program-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  const program = (folder: string, mode: number) => {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'tool'), '#!/bin/sh\n', { mode });
    chmodSync(join(root, folder, 'tool'), mode);
  };
  program('plain', 0o644);
  mkdirSync(join(root, 'folder/tool'), { recursive: true });
  program('first', 0o755);
  program('second', 0o755);
  const path = ['none', 'plain', 'folder', 'first', 'second'].map((name) => join(root, name)).join(':');
  assert.equal(findProgram('tool', path, '/'), join(root, 'first/tool'));
  rmSync(join(root, 'first/tool'));
  assert.equal(findProgram('tool', path, '/'), join(root, 'second/tool'));
  assert.equal(findProgram('tool', 'second', root), join(root, 'second/tool'));
});

test('what is no bare name, or is not there, stays as it is', () => {
  assert.equal(findProgram('./tool', '/usr/bin', '/'), './tool');
  assert.equal(findProgram('tool', undefined, '/'), 'tool');
  assert.equal(findProgram('no-such-tool', '/usr/bin', '/'), 'no-such-tool');
});
