import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

// What a stage's module does to the process that plans with it, which is the command itself.
const bin = fileURLToPath(new URL('../../engine/cli/flow.mjs', import.meta.url));

/** Runs the command on a pipeline of one module, with these lines at its top level and in its declaration. */
function flowWith({ top = '', declared = '' }, ...words: string[]) {
  const root = mkdtempSync(join(tmpdir(), 'flow-modules-'));
  try {
    writeFileSync(join(root, 'pipeline.yaml'), 'stages: { m: { use: m.ts, out: x } }');
    const module = `import { file, stage } from 'flow/stage';
import { z } from 'zod';
${top}
export default stage({ params: z.object({}), inputs: {}, outputs: { out: file }, ${declared} run: () => {} });
`;
    writeFileSync(join(root, 'm.ts'), module);
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: root, encoding: 'utf8' });
    return { status, stdout, stderr };
  } finally {
    rmSync(root, { recursive: true });
  }
}

for (const [what, top, says] of [
  ['ends the process', 'process.exit(0);', /it calls process\.exit\(0\)/],
  ['waits for nothing', 'await new Promise(() => {});', /it waits at its top level/],
  ['leaves a rejected promise', "Promise.reject(new Error('boo'));", /is loaded: boo/],
  ['has a timer that throws', "setTimeout(() => { throw new Error('tick'); }, 0);", /is loaded: tick/],
] as const) {
  test(`a module that ${what} while it is loaded is refused by name`, () => {
    const { status, stdout, stderr } = flowWith({ top }, 'plan');
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^m\.ts:1:1: error: The module fails when it is loaded: .* \[module-throws\]\n/);
    assert.match(stderr, says);
  });
}

test('who ends the process in the middle does not leave an exit code of 0', () => {
  for (const declared of ['facts: () => process.exit(0),', 'facts: () => new Promise(() => {}),']) {
    const { status, stderr } = flowWith({ declared }, 'plan');
    assert.equal(status, 1);
    assert.match(stderr, /^flow was ended before the command was done: does a module call process\.exit/);
  }
});

test('what modules print while they are planned with leaves the JSON on standard output alone', () => {
  const top = "console.log('loaded'); process.stdout.write('as well\\n');";
  const { status, stdout, stderr } = flowWith({ top }, 'plan', '--json');
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).tasks[0].task, 'm');
  assert.equal(stderr, 'loaded\nas well\n');
});
