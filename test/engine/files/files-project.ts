import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createFiles } from '../../../engine/files/files.ts';
import type { PathState } from '../../../engine/model/artifact.ts';

export function project(context: TestContext, contents: Record<string, string> = {}) {
  const root = fs.mkdtempSync(join(tmpdir(), 'flow-files-'));
  context.after(() => fs.rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string | Buffer) => {
    fs.mkdirSync(join(root, path, '..'), { recursive: true });
    fs.writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(contents)) write(path, text);
  const open = (more: { worthWalk?: number } = {}) =>
    createFiles({ root, cacheFolder: join(root, '.flow/cache'), ...more });
  return { root, write, open };
}

export async function lookAt(files: ReturnType<typeof createFiles>, path: string, glob = false): Promise<PathState> {
  const [state] = await files.look([{ path, glob }]);
  assert.ok(state);
  return state;
}

export function entriesOf(state: PathState) {
  assert.equal(state.kind, 'folder');
  return state.kind === 'folder' ? state.manifest().entries.map(({ path }) => path) : [];
}

export function reasonOf(state: PathState): string {
  return state.kind === 'refused' ? state.reason : `not refused but ${state.kind}`;
}
