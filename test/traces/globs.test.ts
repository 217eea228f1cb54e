import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inProject } from './project.ts';

const up = (glob: string, out: string) =>
  `stages: { up: { run: 'cat \${p.path} > \${out}', each: { p: '${glob}' }, out: '${out}' } }`;

for (const [glob, path] of [
  ['new!/*.txt', 'new!/a.txt'],
  ['a\\[1\\]/*.txt', 'a[1]/a.txt'],
  ['a b (old)/**/*.txt', 'a b (old)/deep/a.txt'],
] as const) {
  test(`a glob below a folder with special characters: ${glob}`, () => {
    const files = {
      'pipeline.yaml': up(glob, '${p.stem}.txt'),
      [path]: 'a',
    };
    return inProject(files, async (project) => {
      assert.deepEqual(await project.run(), ['ran up: 1 made, 0 reused, 0 skipped']);
      assert.equal(project.read('artifacts/up/a.txt'), 'a');
      assert.deepEqual(await project.run(), ['reused up']);
    });
  });
}

for (const glob of ['**/*.txt', './**/*.txt']) {
  test(`a wildcard at the project's top does not take in what it makes: ${glob}`, () => {
    const files = {
      'pipeline.yaml': up(glob, '${p.id}'),
      'a.txt': 'a',
      'src/artifacts/b.txt': 'b',
    };
    return inProject(files, async (project) => {
      assert.deepEqual(await project.run(), ['ran up: 2 made, 0 reused, 0 skipped']);
      assert.deepEqual(await project.run(), ['reused up']);
    });
  });
}

test('a glob is several words of a command, in a list and alone, item by item, and as elements of their own', () => {
  const pipeline = `
stages:
  list: { run: 'cat \${in.files} > \${out}', in: { files: [a.txt, 'my photos/*.jpg'] }, out: o.txt }
  alone: { run: 'cat \${in.files} > \${out}', in: { files: 'my photos/*.jpg' }, out: o.txt }
  words: { run: [cp, '\${in.files}', '\${out}'], in: { files: 'my photos/*.jpg' }, out: o/ }
  each: { run: 'cat \${in.files} \${p.path} > \${out}', in: { files: 'my photos/*.jpg' }, each: { p: src }, out: '\${p.id}' }
  none: { run: 'echo none \${in.files} > \${out}', in: { files: 'my photos/*.png?' }, out: o.txt }
`;
  const files = {
    'pipeline.yaml': pipeline,
    'a.txt': 'a',
    'my photos/1.jpg': '1',
    'my photos/2 3.jpg': '2',
    'src/x': 'x',
  };
  return inProject(files, async (project) => {
    await project.run();
    assert.deepEqual(
      ['list/o.txt', 'alone/o.txt', 'words/o/2 3.jpg', 'each/x', 'none/o.txt'].map((path) =>
        project.read(`artifacts/${path}`),
      ),
      ['a12', '12', '2', '12x', 'none\n'],
    );
  });
});

test('a file whose name holds special characters is named with backslashes', () => {
  const pipeline = "stages: { one: { run: 'cat ${in.b} > ${out}', in: { b: 'b\\[1\\].txt' }, out: o.txt } }";
  return inProject({ 'pipeline.yaml': pipeline, 'b[1].txt': 'b', 'b1.txt': 'other' }, async (project) => {
    assert.deepEqual(await project.run(), ['ran one']);
    assert.equal(project.read('artifacts/one/o.txt'), 'b');
    project.write('b[1].txt', 'c');
    assert.deepEqual(await project.run(), ['ran one']);
  });
});
