import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { afterRun, all, objects, quiet, runs, tamper } from './finished-run.ts';
import { inProject, type TraceProject } from './project.ts';

for (const [title, fault] of [
  ['damaged', tamper],
  ['removed', (path: string) => unlinkSync(path)],
] as const) {
  test(`each object of an item stage ${title}, one by one: healed without a hand`, () => {
    const pipeline = `
stages:
  up: { run: 'cp \${p.path} \${out}', each: { p: src }, out: "\${p.id}.u" }
  down: { run: 'cat \${q.path} \${q.path} > \${out}', each: { q: up }, out: "\${q.id}.d" }
  all: { run: 'cat \${in.x}/* > \${out}', in: { x: down }, with: { turn: $turn }, out: x.txt }
vars: { turn: 1 }
`;
    const files = { 'pipeline.yaml': pipeline, 'src/a': 'a\n', 'src/b': 'b\n', 'src/c': 'a\n' };
    return inProject(files, async (project) => {
      await project.run();
      await project.run();
      for (const [turn, path] of objects(project).entries()) {
        if (!existsSync(path)) continue;
        fault(path);
        // The last stage runs again, and reads what lies above it; one new item makes the lists needed.
        project.write('src/c', `c${turn}\n`);
        project.write('pipeline.yaml', pipeline.replace('turn: 1', `turn: ${turn + 2}`));
        const lines = await project.run();
        assert.deepEqual(
          lines.filter((line) => /^failed|^blocked/.test(line)),
          [],
          path,
        );
        assert.equal(project.read('artifacts/all/x.txt'), `a\na\nb\nb\nc${turn}\nc${turn}\n`);
        assert.ok((await project.run()).every((line) => line.startsWith('reused')));
      }
    });
  });
}

for (const [title, fault] of [
  [
    'changed',
    (path: string) => {
      chmodSync(path, 0o644);
      writeFileSync(path, 'rubbish');
    },
  ],
  ['tampered with', tamper],
  [
    'cut',
    (path: string) => {
      chmodSync(path, 0o644);
      truncateSync(path, 1);
    },
  ],
  ['removed', (path: string) => unlinkSync(path)],
] as const) {
  test(`every object ${title}: nothing wrong is delivered, and a run heals`, () =>
    afterRun(async (project) => {
      for (const path of objects(project)) fault(path);
      assert.deepEqual(quiet(await project.run()), all('reused'));
      rmSync(join(project.root, 'artifacts'), { recursive: true });
      assert.deepEqual(quiet(await project.run()), all('ran'));
      assert.equal(runs(project), '123123');
    }));
}

test('an item whose harm is seen late is made anew alone: what was made anew for harm seen before it stands', () => {
  const files = {
    'pipeline.yaml': `
stages:
  up: { run: 'cp \${p.path} \${out}; echo \${p.id} >> made.log', each: { p: src }, out: "\${p.id}.u" }
`,
    'src/a': 'a\n',
    'src/b': 'b\n',
  };
  return inProject(files, async (project) => {
    await project.run();
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    rmSync(join(project.root, 'made.log'));
    // That one is missing is seen before the first file is touched; what the other holds, when it is put in place.
    const objectOf = (text: string) => objects(project).find((path) => readFileSync(path, 'utf8') === text) ?? '';
    const [gone, other] = [objectOf('a\n'), objectOf('b\n')];
    unlinkSync(gone);
    tamper(other);
    const lines = await project.run();
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('notice')),
      ['ran up: 1 made, 1 reused, 0 skipped'],
    );
    assert.equal(project.read('made.log'), 'a\nb\n');
    assert.deepEqual([project.read('artifacts/up/a.u'), project.read('artifacts/up/b.u')], ['a\n', 'b\n']);
  });
});

for (const [title, path] of [
  ['the store', '.flow'],
  ['the view', 'artifacts'],
  ['the index', '.flow/index'],
  ['the objects', '.flow/objects'],
  ['the records', '.flow/records'],
  ['the caches', '.flow/cache'],
] as const) {
  test(`${title} deleted`, () =>
    afterRun(async (project) => {
      rmSync(join(project.root, path), { recursive: true, force: true });
      const lines = quiet(await project.run());
      const expected = path === '.flow' ? 'ran' : path === 'artifacts' ? 'restored' : 'reused';
      assert.deepEqual(lines, all(expected));
    }));
}

test('any file of the store cut in half or filled with rubbish: still right', () =>
  afterRun(async (project) => {
    const books = readdirSync(join(project.root, '.flow'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(project.root, '.flow', name))
      // SQLite's shared memory is mapped by this very process, which a cut would end as a cut of any memory does.
      .filter((path) => statSync(path).isFile() && !path.includes('/objects/') && !path.endsWith('-shm'));
    assert.ok(books.length > 2);
    for (const path of books) {
      for (const fault of [
        () => truncateSync(path, Math.floor(statSync(path).size / 2)),
        () => writeFileSync(path, 'rubbish'),
      ]) {
        if (!existsSync(path)) continue;
        chmodSync(path, 0o644);
        fault();
        rmSync(join(project.root, 'artifacts'), { recursive: true });
        const lines = quiet(await project.run());
        assert.ok(
          lines.every((line) => /^(ran|restored) /.test(line)),
          `${path}: ${lines.join(', ')}`,
        );
        assert.equal(project.read('artifacts/tree/tree/deep/a'), 'hello\n2\n');
      }
    }
  }));

// A record promises that its outputs are in the store, so that it is written last: a kill may come between the two. What is
// next to be written is put in the way of, by the very command that makes the output.
for (const kind of ['file', 'tree', 'each']) {
  const written = (project: TraceProject, folder: string) =>
    project.files(`.flow/${folder}`).map((path) => project.read(`.flow/${folder}/${path}`));
  const blocking = (folder: string) => ({
    'pipeline.yaml': `
stages:
  file: { run: 'printf file > \${out}; touch .flow/${folder}', out: file.txt }
  tree: { run: 'printf tree > \${out}/tree.txt; touch .flow/${folder}', out: tree/ }
  each: { run: 'printf each > \${out}; touch .flow/${folder}', each: { photo: photos }, out: '\${photo.stem}.txt' }
`,
    'photos/a': 'a',
  });

  test(`what cannot be brought into the store has no record: ${kind}`, () =>
    inProject(blocking('objects'), async (project) => {
      assert.deepEqual(await project.run(kind), [`failed ${kind}: disk`]);
      assert.deepEqual(written(project, 'records'), []);
    }));

  test(`before a record is written its outputs are in the store: ${kind}`, () =>
    inProject(blocking('records'), async (project) => {
      assert.deepEqual(await project.run(kind), [`failed ${kind}: disk`]);
      assert.ok(written(project, 'objects').includes(kind));
    }));
}
