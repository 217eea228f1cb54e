import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTraceProject } from './project.ts';

/** Views of items are links to the store's objects, so that files of equal contents share an inode and its ctime. */
const pipeline = `
stages:
  one: { run: "cp \${x.path} \${out}", each: { x: first }, out: "\${x.id}" }
  two: { run: "cat \${x.path} | cat > \${out}", each: { x: second }, out: "\${x.id}" }
  three: { run: "cat \${x.path} > \${out}", each: { x: one }, in: { two: two }, out: "\${x.id}" }
`;

test('a link that is made or removed beside a file that is read is no change of that file', async () => {
  const project = createTraceProject({ 'pipeline.yaml': pipeline, 'first/a': 'A', 'first/b': 'B', 'second/c': 'C' });
  try {
    const first = ['ran one: 2 made, 0 reused, 0 skipped', 'ran two: 1 made, 0 reused, 0 skipped'];
    const last = 'ran three: 2 made, 0 reused, 0 skipped';
    assert.deepEqual((await project.run()).sort(), [first[0], last, first[1]].sort());
    project.write('second/a', 'A');
    const more = ['reused one', 'ran two: 1 made, 1 reused, 0 skipped', last];
    assert.deepEqual((await project.run()).sort(), more.sort());
    rmSync(join(project.root, 'second/a'));
    const back = ['restored one', 'reused one', 'restored two', 'restored three', 'reused three'];
    const lines = await project.run();
    assert.ok(lines.length === 3 && lines.every((line) => back.includes(line)), lines.join('\n'));
    project.write('second/d', 'D');
    rmSync(join(project.root, 'second/c'));
    project.write('second/a', 'A');
    assert.deepEqual(
      (await project.run()).filter((line) => /notice|failed/.test(line)),
      [],
    );
  } finally {
    project.remove();
  }
});
