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

/** Writes down all that it is told of what it reads, beside the contents. */
const teller = (input: string) => `import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { file, list, stage } from 'flow/stage';
import { z } from 'zod';
const tell = (x: unknown): string =>
  typeof x === 'string' ? basename(x) : JSON.stringify(x, (key, value) => (key === 'path' ? basename(value) : value));
export default stage({
  params: z.object({}),
  inputs: { x: ${input} },
  outputs: { out: file },
  run: ({ inputs, outputs }) => writeFileSync(outputs.out, tell(inputs.x)),
});
`;

test('a module sees the name of its input, though not the folder', () => {
  const pipeline = (path: string) => `stages:\n  s: { use: s.ts, in: { x: ${path} }, out: x.txt }\n`;
  const files = { 'pipeline.yaml': pipeline('a.txt'), 's.ts': teller('file'), 'a.txt': 'same', 'a.md': 'same' };
  return inProject({ ...files, 'folder/a.txt': 'same' }, async (project) => {
    assert.deepEqual(await project.run(), ['ran s']);
    project.write('pipeline.yaml', pipeline('a.md'));
    assert.deepEqual(await project.run(), ['ran s']);
    assert.equal(project.read('artifacts/s/x.txt'), 'a.md');
    project.write('pipeline.yaml', pipeline('folder/a.txt'));
    assert.deepEqual(await project.run(), ['restored s']);
    assert.equal(project.read('artifacts/s/x.txt'), 'a.txt');
  });
});

test('a module sees of what it is given as a list which stage and which matrix value made it', () => {
  const pipeline = (from: string) => `
stages:
  m: { matrix: { n: [1, 2] }, run: 'echo same > \${out}', out: x.txt }
  other: { run: 'echo same > \${out}', out: x.txt }
  s: { use: s.ts, in: { x: ${from} }, out: x.txt }
`;
  const files = { 'pipeline.yaml': pipeline('[m@1]'), 's.ts': teller('list') };
  return inProject(files, async (project) => {
    const told = () =>
      JSON.parse(project.read('artifacts/s/x.txt')).map(
        ({ stage, matrix }: { stage: string; matrix: { n?: number } }) => `${stage} ${matrix.n ?? ''}`,
      );
    assert.deepEqual(await project.run('s'), ['ran m@1', 'ran s']);
    assert.deepEqual(told(), ['m 1']);
    for (const [from, wanted] of [
      ['[m@2]', ['m 2']],
      ['[other]', ['other ']],
      ['[m@2, m@1]', ['m 2', 'm 1']],
      ['[m@1, m@2]', ['m 1', 'm 2']],
    ] as const) {
      project.write('pipeline.yaml', pipeline(from));
      assert.equal((await project.run('s')).at(-1), 'ran s', from);
      assert.deepEqual(told(), wanted);
    }
    project.write('pipeline.yaml', pipeline('[m@1]'));
    assert.equal((await project.run('s')).at(-1), 'restored s');
    assert.deepEqual(told(), ['m 1']);
  });
});
