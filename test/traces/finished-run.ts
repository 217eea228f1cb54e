import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inProject, type TraceProject } from './project.ts';

/** A chain of three tasks that ran, and what faults are made with. */
export const chain = `
stages:
  one: { run: 'cat \${in.text} > \${out}; echo 1 >> runs.log', in: { text: text.txt }, out: one.txt }
  two: { run: 'cat \${in.text} > \${out}; echo 2 >> \${out}; echo 2 >> runs.log', in: { text: one }, out: two.txt }
  tree: { run: 'mkdir -p \${out}/deep/empty; cp \${in.text} \${out}/deep/a; echo b > \${out}/b; echo 3 >> runs.log', in: { text: two }, out: tree/ }
`;
export const names = ['one', 'two', 'tree'];
export const all = (word: string) => names.map((name) => `${word} ${name}`);
export const quiet = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('notice'));

/** A finished run, then a fault; afterwards the artifacts have to be what they were. */
export function afterRun(body: (project: TraceProject) => Promise<void>): Promise<void> {
  return inProject({ 'pipeline.yaml': chain, 'text.txt': 'hello\n' }, async (project) => {
    assert.deepEqual(await project.run(), all('ran'));
    // What a run without work leaves behind must not hide the fault.
    assert.deepEqual(await project.run(), all('reused'));
    await body(project);
    assert.equal(project.read('artifacts/one/one.txt'), 'hello\n');
    assert.equal(project.read('artifacts/tree/tree/deep/a'), 'hello\n2\n');
    assert.deepEqual(await project.run(), all('reused'));
  });
}

export const runs = (project: TraceProject) => project.read('runs.log').replaceAll('\n', '');

/** New bytes with the size and the times of the old ones. */
export function tamper(path: string): void {
  overwriteQuietly(path, Buffer.alloc(statSync(path).size, 'Z'));
}

/** Node puts times back to a millisecond only, by which a file would be told: `touch -r` does to the nanosecond. */
export function overwriteQuietly(path: string, bytes: string | Buffer): void {
  const reference = join(mkdtempSync(join(tmpdir(), 'flow-times-')), 'reference');
  execFileSync('touch', ['-r', path, reference]);
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
  execFileSync('touch', ['-r', reference, path]);
  rmSync(dirname(reference), { recursive: true });
}

export function objects(project: TraceProject): string[] {
  const folder = join(project.root, '.flow/objects');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
