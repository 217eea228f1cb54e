import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inProject, type TraceProject } from './project.ts';

/** Each item writes into runs.log, which no key knows of: a hidden rerun would show. */
const command = 'cat ${p.path} > ${out} && echo made >> runs.log';
const up = ({ from = 'src', out = '${p.dir}/${p.stem}.txt', run = command } = {}) => `
stages:
  up: { run: '${run}', each: { p: ${from} }, out: "${out}" }
`;
const made = (project: TraceProject) => project.read('runs.log').split('\n').length - 1;
const three = { 'src/a.jpg': 'a', 'src/b/c.jpg': 'c', 'src/d.jpg': 'd' };

test('of a folder only what is new or changed is made', () =>
  inProject({ 'pipeline.yaml': up(), ...three }, async (project) => {
    assert.deepEqual(await project.run(), ['ran up: 3 made, 0 reused, 0 skipped']);
    assert.deepEqual(await project.run(), ['reused up']);
    project.write('src/e.jpg', 'e');
    assert.deepEqual(await project.plan(), ['run up']);
    assert.deepEqual(await project.run(), ['ran up: 1 made, 3 reused, 0 skipped']);
    project.write('src/a.jpg', 'a2');
    assert.deepEqual(await project.run(), ['ran up: 1 made, 3 reused, 0 skipped']);
    renameSync(join(project.root, 'src/a.jpg'), join(project.root, 'src/z.jpg'));
    assert.deepEqual(await project.run(), ['ran up: 1 made, 3 reused, 0 skipped']);
    rmSync(join(project.root, 'src/z.jpg'));
    rmSync(join(project.root, 'src/e.jpg'));
    assert.deepEqual(await project.run(), ['ran up: 0 made, 2 reused, 0 skipped']);
    project.write('src/a.jpg', 'a');
    rmSync(join(project.root, 'src/d.jpg'));
    assert.deepEqual(await project.run(), ['ran up: 0 made, 2 reused, 0 skipped']);
    assert.deepEqual(project.files('artifacts/up'), ['a.txt', 'b/c.txt']);
    assert.equal(made(project), 6);
  }));

test('of a glob, too; what does not match costs nothing', () =>
  inProject({ 'pipeline.yaml': up({ from: '"src/**/*.jpg"' }), ...three, 'src/n.txt': 'n' }, async (project) => {
    assert.deepEqual(await project.run(), ['ran up: 3 made, 0 reused, 0 skipped']);
    assert.deepEqual(project.files('artifacts/up'), ['a.txt', 'b/c.txt', 'd.txt']);
    project.write('src/m.txt', 'm');
    assert.deepEqual(await project.run(), ['reused up']);
    project.write('src/e.jpg', 'e');
    assert.deepEqual(await project.run(), ['ran up: 1 made, 3 reused, 0 skipped']);
  }));

test('ids of listed folders begin with the name of their folder', () =>
  inProject({ 'pipeline.yaml': up({ from: '[x/one, y/two]' }), 'x/one/a.jpg': '1', 'y/two/a.jpg': '2' }, async (p) => {
    assert.deepEqual(await p.run(), ['ran up: 2 made, 0 reused, 0 skipped']);
    assert.deepEqual(p.files('artifacts/up'), ['one/a.txt', 'two/a.txt']);
    renameSync(join(p.root, 'y/two'), join(p.root, 'y/one'));
    p.write('pipeline.yaml', up({ from: '[x/one, y/one]' }));
    assert.deepEqual(await p.run(), ['failed up: same-item']);
  }));

test('names with spaces, quotes, newlines and dollars reach a command as they are', () => {
  const names = ['a b', 'q\'u"o', 'new\nline', '$HOME ${x} `id`', '-n', 'ü', '.hidden', '*', 'back\\slash'];
  const files = Object.fromEntries(names.map((name) => [`src/${name}.jpg`, name]));
  return inProject({ 'pipeline.yaml': up(), ...files }, async (project) => {
    assert.deepEqual(await project.run(), [`ran up: ${names.length} made, 0 reused, 0 skipped`]);
    for (const name of names) assert.equal(project.read(`artifacts/up/${name}.txt`), name);
    assert.deepEqual(await project.run(), ['reused up']);
  });
});

for (const [title, pipeline, files, code] of [
  ['two items at one place', up(), { 'src/x.jpg': '1', 'src/x.png': '2' }, 'same-place'],
  [
    'an item where another has its folder',
    up({ out: '${p.dir}/${p.stem}' }),
    { 'src/x.jpg': '1', 'src/x/y.jpg': '2' },
    'same-place',
  ],
  ['a stem that leads out', up({ out: '${p.stem}/x' }), { 'src/...': '1' }, 'item-outside'],
  ['no name at all', up({ out: '${p.dir}' }), { 'src/a.jpg': '1' }, 'item-outside'],
] as const) {
  test(`refused: ${title}`, () =>
    inProject({ 'pipeline.yaml': pipeline, ...files }, async (project) => {
      assert.deepEqual(await project.run(), [`failed up: ${code}`]);
      assert.deepEqual(project.files('artifacts'), []);
    }));
}

for (const [out, one, other, name] of [
  ['${p.stem}.b', 'ph/2.txt', 'ph/s/2.txt', 'dir'],
  ['${p.dir}/${p.stem}.b', 'ph/2.txt', 'ph/2.csv', 'ext'],
  ['${p.dir}.b', 'ph/2.txt', 'ph/3.txt', 'stem'],
  ['${p.stem}${p.ext}', 'ph/2.txt', 'ph/s/2.txt', 'dir'],
  ['${p.dir}${p.stem}.b', 'ph/s/tt.txt', 'ph/st/t.txt', 'id'],
] as const) {
  test(`two items at one place: ${out} lacks ${name}`, () =>
    inProject({ 'pipeline.yaml': up({ from: 'ph', out }), [one]: '1', [other]: '2' }, async (project) => {
      assert.deepEqual(await project.run(), ['failed up: same-place']);
      const hint = `let output 'out' hold ${'${p.'}${name}}`;
      assert.ok(JSON.stringify(project.events()).includes(hint));
    }));
}

for (const [title, pipeline, expected] of [
  ['no folder', up(), "missing-path: input 'p' of stage 'up': there is no file or folder 'src'"],
  ['no match', up({ from: 'src*/*.jpg' }), "missing-path: input 'p' of stage 'up': no file matches 'src*/*.jpg'"],
  ['an empty folder', up({ from: 'empty' }), "no-items: 'p' of stage 'up': the folder 'empty' holds no file"],
  [
    'a way out',
    up({ out: '../${p.stem}' }),
    "output-outside: the output '../${p.stem}' leads out of the stage's folder",
  ],
  ['one file for all', up({ out: 'x.txt' }), "same-output: every item would write the same file 'x.txt'"],
  ['a folder an item', up({ out: '${p.stem}/' }), 'bad-output: an item has files as outputs, not folders'],
] as const) {
  test(`refused before anything runs: ${title}`, () =>
    inProject({ 'pipeline.yaml': pipeline }, async (project) => {
      mkdirSync(join(project.root, 'empty/class'), { recursive: true });
      assert.deepEqual(await project.run(), [expected]);
    }));
}

test('a failing item names itself, and those before it are kept', () =>
  inProject(
    { 'pipeline.yaml': up({ run: `grep -v bad \${p.path} > \${out} && echo made >> runs.log` }), ...three },
    async (project) => {
      project.write('src/b/c.jpg', 'bad');
      assert.deepEqual(await project.run('', { jobs: 1 }), ['failed up: item']);
      const failed = project.events().find((event) => event.kind === 'failed');
      assert.ok(failed?.kind === 'failed' && failed.failure.kind === 'item' && failed.failure.item === 'b/c.jpg');
      project.write('src/b/c.jpg', 'fine');
      assert.deepEqual(await project.run(), ['ran up: 2 made, 1 reused, 0 skipped']);
      assert.equal(made(project), 3);
    },
  ));

test('an item without its output is a failure that says so', () =>
  inProject({ 'pipeline.yaml': up({ run: 'true' }), ...three }, async (project) => {
    assert.deepEqual(await project.run(), ['failed up: output-missing']);
    assert.deepEqual(await project.run(), ['failed up: output-missing']);
  }));

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** Takes PNG alone; what ends in `broken` is an item without a result (the stage's own `skip`), what ends in `boom` throws. */
const photos = `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({
  params: z.object({ factor: z.number().default(1) }),
  inputs: {},
  outputs: { out: file },
  takes: ['image/png'],
  run: ({ items, params }) => {
    for (const item of items) {
      const text = readFileSync(item.path, 'latin1');
      if (text.endsWith('broken')) { item.skip('it is broken'); continue; }
      if (text.endsWith('boom')) throw new Error('nobody can read this');
      writeFileSync(item.outputs.out, String(text.length * params.factor));
    }
  },
});
`;
const behind = `
stages:
  size: { use: photos.ts, each: { photo: src }, batch: 3, out: "\${photo.dir}/\${photo.stem}.txt" }
  copy: { run: 'cp \${q.path} \${out}', each: { q: size }, out: "\${q.dir}/\${q.stem}.size" }
`;

function addPhoto(project: TraceProject, name: string, end = ''): void {
  mkdirSync(join(project.root, 'src'), { recursive: true });
  writeFileSync(join(project.root, 'src', name), Buffer.concat([png, Buffer.from(end)]));
}

test("a module's items come with the SHA-256 of their bytes, from a folder and behind another stage's items", () => {
  const digests = `import { writeFileSync } from 'node:fs';
import { file, itemStage } from 'flow/stage';
import { z } from 'zod';
export default itemStage({ params: z.object({}), inputs: {}, outputs: { out: file }, run: ({ items }) => {
  for (const { digest, outputs } of items) writeFileSync(outputs.out, digest);
} });
`;
  const pipeline = `
stages:
  first: { use: digests.ts, each: { p: src }, out: "\${p.id}" }
  second: { use: digests.ts, each: { p: first }, out: "\${p.id}" }
`;
  const large = 'large '.repeat(1_000_000);
  return inProject(
    { 'pipeline.yaml': pipeline, 'digests.ts': digests, 'src/a': 'a', 'src/large': large },
    async (project) => {
      await project.run();
      const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
      for (const [name, text] of [
        ['a', 'a'],
        ['large', large],
      ] as const) {
        assert.equal(project.read(`artifacts/first/${name}`), sha256(text));
        assert.equal(project.read(`artifacts/second/${name}`), sha256(sha256(text)));
      }
      project.write('src/a', 'another');
      await project.run();
      assert.equal(project.read('artifacts/second/a'), sha256(sha256('another')));
    },
  );
});

test('a module takes its media types, skips with a reason and hands its items on', () =>
  inProject({ 'pipeline.yaml': behind, 'photos.ts': photos, 'src/notes.txt': 'hello' }, async (project) => {
    assert.deepEqual(await project.run(), ['failed size: no-items', 'blocked copy by size']);
    addPhoto(project, 'a.png');
    addPhoto(project, 'b.PNG', '+');
    addPhoto(project, 'c.png', 'broken');
    assert.deepEqual(await project.run(), [
      'ran size: 2 made, 0 reused, 1 skipped',
      'ran copy: 2 made, 0 reused, 0 skipped',
    ]);
    const size = project.events().find((event) => event.kind === 'finished');
    assert.ok(size?.kind === 'finished' && size.items?.ignored === 1);
    assert.deepEqual(size.skips, [{ id: 'c.png', reason: 'it is broken' }]);
    assert.deepEqual(project.files('artifacts/copy'), ['a.size', 'b.size']);
    assert.deepEqual(await project.run(), ['reused size', 'reused copy']);
    addPhoto(project, 'd.png', 'dd');
    assert.deepEqual(await project.run(), [
      'ran size: 1 made, 2 reused, 1 skipped',
      'ran copy: 1 made, 2 reused, 0 skipped',
    ]);
    addPhoto(project, 'c.png', 'mended');
    assert.deepEqual(await project.run(), [
      'ran size: 1 made, 3 reused, 0 skipped',
      'ran copy: 1 made, 3 reused, 0 skipped',
    ]);
  }));

test('an item that throws in a batch names itself; its neighbours are kept', () =>
  inProject({ 'pipeline.yaml': behind, 'photos.ts': photos }, async (project) => {
    for (const name of ['a', 'b', 'd']) addPhoto(project, `${name}.png`);
    addPhoto(project, 'c.png', 'boom');
    assert.deepEqual(await project.run('', { jobs: 1 }), ['failed size: item', 'blocked copy by size']);
    addPhoto(project, 'c.png', 'fine');
    const [first] = await project.run('size');
    assert.match(first ?? '', /^ran size: [12] made, [23] reused/);
  }));

test('a parameter makes all items again and back, a comment none', () =>
  inProject({ 'pipeline.yaml': behind, 'photos.ts': photos }, async (project) => {
    for (const name of ['a', 'b']) addPhoto(project, `${name}.png`);
    await project.run('size');
    project.write('photos.ts', `// A word.\n${photos.replace('const text', 'const   text')}`);
    assert.deepEqual(await project.run('size'), ['reused size']);
    project.write('pipeline.yaml', behind.replace('batch: 3', 'with: { factor: 2 }, batch: 3'));
    assert.deepEqual(await project.run('size'), ['ran size: 2 made, 0 reused, 0 skipped']);
    project.write('pipeline.yaml', behind.replace('batch: 3', 'batch: 2'));
    assert.deepEqual(await project.run('size'), ['restored size']);
  }));

const held = up({
  run: 'touch started; while [ ! -e go ]; do sleep 0.02; done; cat ${p.path} > ${out} && echo made >> runs.log',
});
const untilStarted = async (project: TraceProject) => {
  while (!existsSync(join(project.root, 'started'))) await setTimeout(20);
};
const withoutNotices = (lines: readonly string[]) => lines.filter((line) => !line.startsWith('notice'));

test('an item that changes while it is made is made again, one that is known is left to the next run', () =>
  inProject({ 'pipeline.yaml': held, go: '', ...three }, async (project) => {
    assert.deepEqual(await project.run(), ['ran up: 3 made, 0 reused, 0 skipped']);
    rmSync(join(project.root, 'go'));
    rmSync(join(project.root, 'started'));
    project.write('src/e.jpg', 'e');
    const running = project.run();
    await untilStarted(project);
    project.write('src/e.jpg', 'e2');
    project.write('src/a.jpg', 'a2');
    project.write('go', '');
    assert.deepEqual(withoutNotices(await running), ['ran up: 2 made, 2 reused, 0 skipped']);
    assert.equal(project.read('artifacts/up/e.txt'), 'e2');
    assert.equal(project.read('artifacts/up/a.txt'), 'a2');

    rmSync(join(project.root, 'go'));
    rmSync(join(project.root, 'started'));
    project.write('src/f.jpg', 'f');
    const second = project.run();
    await untilStarted(project);
    project.write('src/a.jpg', 'a3');
    project.write('go', '');
    assert.deepEqual(withoutNotices(await second), ['ran up: 1 made, 4 reused, 0 skipped']);
    assert.equal(project.read('artifacts/up/a.txt'), 'a2');
    assert.deepEqual(await project.run(), ['ran up: 1 made, 4 reused, 0 skipped']);
    assert.equal(project.read('artifacts/up/a.txt'), 'a3');
  }));

test('an item that goes away while it is made is no failure of its stage', () =>
  inProject({ 'pipeline.yaml': held, ...three }, async (project) => {
    const running = project.run();
    await untilStarted(project);
    for (const path of ['src/a.jpg', 'src/b/c.jpg']) rmSync(join(project.root, path));
    project.write('go', '');
    assert.deepEqual(withoutNotices(await running), ['ran up: 1 made, 0 reused, 0 skipped']);
    assert.deepEqual(project.files('artifacts/up'), ['d.txt']);
  }));
