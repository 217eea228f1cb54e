import assert from 'node:assert/strict';
import { chmodSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  chmodSync(path, 0o644);
  writeFileSync(path, Buffer.alloc(bytes.length, 'Z'));
  utimesSync(path, atime, mtime);
}

export function objects(project: TraceProject): string[] {
  const folder = join(project.root, '.flow/objects');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
