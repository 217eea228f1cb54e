import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

// The bin itself, on small pipelines of commands in folders of their own.
const bin = fileURLToPath(new URL('../../engine/cli/flow.mjs', import.meta.url));
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A project that is removed when the file's tests are over. */
export function createCliProject(files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'flow-cli-'));
  folders.push(root);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const flow = (...words: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: root, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  return { root, bin, write, flow, read: (path: string) => readFileSync(join(root, path), 'utf8') };
}
