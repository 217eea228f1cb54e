import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inProject } from './project.ts';

const gate = 'touch there; while [ ! -e go ]; do sleep 0.02; done;';
/** The command does not mind that a file is missing, so that only the engine can notice. */
const pipeline = (form: string) => `
stages:
  one: { run: 'cat \${in.x} > \${out}; echo one >> log', in: { x: text.txt }, out: x.txt }
  tree: { run: 'mkdir -p \${out}/deep; cat \${in.x} > \${out}/deep/a; echo tree >> log', in: { x: text.txt }, out: t/ }
  items: { run: 'cat \${p.path} > \${out}; echo items >> log', each: { p: few }, out: "\${p.id}" }
${
  form === 'items'
    ? `  two: { run: '${gate} cat \${in.x} \${in.t}/deep/a \${in.i}/f \${p.path} > \${out}; echo two >> log', in: { x: one, t: tree, i: items }, each: { p: src }, out: "\${p.id}" }
  three: { run: 'cat \${in.x}/a > \${out}; echo three >> log', in: { x: two }, out: x.txt }`
    : `  two: { run: '${gate} cat \${in.x} \${in.t}/deep/a \${in.i}/f \${in.s}/a > \${out}; echo two >> log', in: { x: one, t: tree, i: items, s: src }, out: x.txt }
  three: { run: 'cat \${in.x} > \${out}; echo three >> log', in: { x: two }, out: x.txt }`
}
`;
const files = { 'text.txt': 'hello\n', 'src/a': 'a\n', 'src/b': 'b\n', 'few/f': 'f\n' };

for (const form of ['whole', 'items'] as const) {
  for (const place of [
    ...['artifacts', 'artifacts/one', 'artifacts/one/x.txt', 'artifacts/tree', 'artifacts/tree/t/deep'],
    ...['artifacts/items', 'artifacts/items/f', 'src', 'few', 'text.txt'],
    ...[
      '.flow',
      '.flow/objects',
      '.flow/attempts',
      '.flow/claims',
      '.flow/records',
      '.flow/runs',
      '.flow/index.sqlite',
    ],
    ...['.flow/logs', '.flow/cache'],
  ]) {
    test(`${place} deleted under a task (${form}): never a wrong result, and the next run ends as a clean one`, () =>
      inProject({ ...files, 'pipeline.yaml': pipeline(form) }, async (project) => {
        const running = project.run('three').then(
          (lines) => ({ lines, error: undefined }),
          (error: Error) => ({ lines: [], error }),
        );
        while (!existsSync(join(project.root, 'there'))) await new Promise((resolve) => setTimeout(resolve, 10));
        rmSync(join(project.root, place), { recursive: true });
        writeFileSync(join(project.root, 'go'), '');
        const { lines, error } = await running;
        // What ends the whole run is a sentence about the disk, not a bug.
        if (error !== undefined) assert.match(error.message, /; run again$/);
        for (const line of lines.filter((one) => one.startsWith('failed')))
          assert.match(line, /: (disk|output-missing|input-missing|input-changed|missing-path|no-items)/);
        for (const [path, text] of Object.entries(files)) project.write(path, text);
        const next = await project.run('three');
        assert.deepEqual(
          next.filter((line) => /^failed|^blocked|damaged/.test(line)),
          [],
        );
        const shown = form === 'items' ? 'artifacts/two/a' : 'artifacts/two/x.txt';
        for (const path of [shown, 'artifacts/three/x.txt']) assert.equal(project.read(path), 'hello\nhello\nf\na\n');
        const last = await project.run('three');
        assert.ok(
          last.every((line) => line.startsWith('reused')),
          last.join('\n'),
        );
      }));
  }
}
