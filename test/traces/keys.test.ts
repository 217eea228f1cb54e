import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inProject } from './project.ts';

// Each of these facts stands in a key by itself alone: nothing else that is hashed tells it.

test("a module's matrix value tells its tasks apart where parameters and inputs are the same", () =>
  inProject(
    {
      'pipeline.yaml': 'stages:\n  s: { use: s.ts, matrix: { n: [1, 2] }, out: x.txt }\n',
      's.ts': `import { writeFileSync } from 'node:fs';
import { file, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({}),
  inputs: {},
  outputs: { out: file },
  run: ({ outputs, matrix }) => writeFileSync(outputs.out, 'n is ' + matrix.n),
});
`,
    },
    async (project) => {
      assert.deepEqual((await project.run()).sort(), ['ran s@1', 'ran s@2']);
      assert.deepEqual(['artifacts/s/n=1/x.txt', 'artifacts/s/n=2/x.txt'].map(project.read), ['n is 1', 'n is 2']);
    },
  ));

test('a command sees the path of its input: another file with the same bytes is another key', () => {
  const pipeline = (path: string) =>
    `stages:\n  s: { run: 'echo \${in.x} > \${out}', in: { x: ${path} }, out: x.txt }\n`;
  return inProject({ 'pipeline.yaml': pipeline('a.txt'), 'a.txt': 'same', 'b.txt': 'same' }, async (project) => {
    assert.deepEqual(await project.run(), ['ran s']);
    const first = project.read('artifacts/s/x.txt');
    project.write('pipeline.yaml', pipeline('b.txt'));
    assert.deepEqual(await project.run(), ['ran s']);
    assert.equal(project.read('artifacts/s/x.txt'), first.replace('a.txt', 'b.txt'));
    project.write('pipeline.yaml', pipeline('a.txt'));
    assert.deepEqual(await project.run(), ['restored s']);
    assert.equal(project.read('artifacts/s/x.txt'), first);
  });
});
