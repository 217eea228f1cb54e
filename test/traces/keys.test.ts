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

test('the number of threads that a task may use is in its key', () => {
  const pipeline = (cpu: number) =>
    `stages:\n  s: { run: 'echo $OMP_NUM_THREADS > \${out}', resources: { cpu: ${cpu} }, out: x.txt }\n`;
  return inProject({ 'pipeline.yaml': pipeline(1) }, async (project) => {
    assert.deepEqual(await project.run(), ['ran s']);
    project.write('pipeline.yaml', pipeline(2));
    assert.deepEqual(await project.run(), ['ran s']);
    assert.equal(project.read('artifacts/s/x.txt'), '2\n');
    project.write('pipeline.yaml', pipeline(1));
    assert.deepEqual(await project.run(), ['restored s']);
    assert.equal(project.read('artifacts/s/x.txt'), '1\n');
  });
});

test('what a stage skipped, and why, is in the key of whoever asks for it, and of nobody else', () =>
  inProject(
    {
      'pipeline.yaml': `
stages:
  each: { use: each.ts, each: { p: src }, out: "\${p.id}" }
  told: { use: told.ts, in: { x: each }, out: x.txt }
  blind: { run: 'cat \${in.x}/* > \${out}', in: { x: each }, out: x.txt }
`,
      'each.ts': `import { copyFileSync, readFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({
  params: z.object({}),
  inputs: {},
  outputs: { out: file },
  run: ({ items }) => {
    for (const item of items) {
      const text = readFileSync(item.path, 'utf8');
      if (text.startsWith('not ')) item.skip(text);
      else copyFileSync(item.path, item.outputs.out);
    }
  },
});
`,
      'told.ts': teller('itemsWithSkips')
        .replace('file, list,', 'file, itemsWithSkips,')
        .replace('tell(inputs.x)', 'tell(inputs.x.skipped)'),
      'src/a': 'a',
      'src/b': 'not now',
    },
    async (project) => {
      await project.run();
      project.write('src/b', 'not ever');
      assert.deepEqual(await project.run(), ['ran each: 0 made, 1 reused, 1 skipped', 'reused blind', 'ran told']);
      assert.match(project.read('artifacts/told/x.txt'), /"not ever"/);
    },
  ));

test('an output that may be absent, and was, is no result of a stage that has to write it', () => {
  const pipeline = (out: string) => `stages:\n  s: { run: 'true', out: ${out} }\n`;
  return inProject({ 'pipeline.yaml': pipeline('x.txt?') }, async (project) => {
    assert.deepEqual(await project.run(), ['ran s']);
    project.write('pipeline.yaml', pipeline('x.txt'));
    assert.deepEqual(await project.run(), ['failed s: output-missing']);
    project.write('pipeline.yaml', pipeline('x.txt?'));
    assert.deepEqual(await project.run(), ['reused s']);
  });
});
