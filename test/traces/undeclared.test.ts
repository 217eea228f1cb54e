import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutStrace } from '../strace.ts';
import { ask, inProject, type TraceProject } from './project.ts';

// What a task reads without declaring it: told under --trace, refused where its stage is strict. strace itself watches.

const watched = (name: string, files: Record<string, string>, body: (project: TraceProject) => Promise<void>) =>
  test(name, { skip: withoutStrace }, () => inProject(files, body));

const traced = (project: TraceProject, targets = '', force: readonly string[] = []) =>
  project.run(targets, { trace: true, force }).then((lines) => lines.map((line) => line.replace(/; .*/, '')));

const undeclaredOf = (project: TraceProject, task: string) =>
  ask(project, async (opened) => (await opened.log(task, 1))[0]?.undeclared);

const module = (kind: 'stage' | 'itemStage', run: string) => `
import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { file, items, ${kind} } from 'flow/stage';
import { z } from 'zod';
export default ${kind}({ params: z.object({}), inputs: {}, outputs: { out: file }, run: async (given) => { ${run} } });
`;

const data = { 'data/a.txt': 'a', 'data/b.txt': 'b', 'data/sub/c.txt': 'c', 'more.txt': 'm' };

watched(
  'a run with --trace names what each task read beyond its declarations, and keeps its result',
  {
    ...data,
    'pipeline.yaml': `
stages:
  clean: { run: 'cat \${in.a} data/b.txt > \${out}', in: { a: data/a.txt, b: data/b.txt }, out: o }
  other: { run: 'cat \${in.a} more.txt data/* 2>/dev/null > \${out}; cat artifacts/clean/o >> \${out}', in: { a: clean }, out: o }
  stray: { run: 'cat more.txt artifacts/clean/o data/sub/c.txt > \${out}', in: { a: other }, out: o }
  list: { run: 'ls \${in.a} data > \${out}', in: { a: stray }, out: o }
  module: { use: read.ts, in: { a: list }, out: o }
`,
    'read.ts': module('stage', `writeFileSync(given.outputs.out, readFileSync('more.txt'))`).replace(
      'inputs: {}',
      'inputs: { a: file }',
    ),
    'package.json': '{ "type": "module" }',
  },
  async (project) => {
    assert.deepEqual(await traced(project), [
      'ran clean',
      'notice warning: it reads 2 files of the project that it does not declare: data/, more.txt',
      'ran other',
      'notice warning: it reads 3 files of the project that it does not declare: artifacts/clean/o, data/sub/c.txt, more.txt',
      'ran stray',
      'notice warning: it reads a file of the project that it does not declare: data/',
      'ran list',
      'notice warning: it reads a file of the project that it does not declare: more.txt',
      'ran module',
    ]);
    assert.deepEqual(await undeclaredOf(project, 'stray'), {
      paths: ['artifacts/clean/o', 'data/sub/c.txt', 'more.txt'],
      count: 3,
    });
    assert.deepEqual(await undeclaredOf(project, 'clean'), { paths: [], count: 0 });
    const known = 'notice --trace watches what runs';
    assert.deepEqual((await traced(project, 'other')).slice(-1), [known]);
    assert.deepEqual(await traced(project, 'clean', ['clean']), ['ran clean']);
  },
);

watched(
  'what is declared in another way than by its name is no stranger: globs, folders, scripts, items, links',
  {
    ...data,
    'tools/run.sh': 'ls tools > /dev/null; . tools/part.sh; ls data/*.txt; cat data/sub/c.txt "$1" > "$2"',
    'tools/part.sh': ':',
    'pipeline.yaml': `
strict: true
stages:
  script: { run: 'sh tools/run.sh more.txt \${out}', code: [tools/*.sh], in: { m: more.txt, d: 'data/**/*.txt' }, out: o }
  folder: { run: 'cat \${in.d}/sub/c.txt ./data/../data/a.txt > \${out}', in: { d: ./data/ }, out: o }
  each: { run: 'cat \${d.path} > \${out}', each: { d: data }, out: '\${d.id}' }
  nothing: { run: 'test ! -e more.txt || test ! -e none.txt && mkdir -p tmp/x && echo 1 > tmp/x/y && cat tmp/x/y > \${out}; ls tmp/x; rm -r tmp', out: o }
`,
  },
  async (project) => {
    assert.deepEqual((await project.run()).sort(), [
      'ran each: 3 made, 0 reused, 0 skipped',
      'ran folder',
      'ran nothing',
      'ran script',
    ]);
  },
);

watched(
  'a strict task that reads what it does not declare fails once, and leaves no result',
  {
    ...data,
    'pipeline.yaml': `
stages:
  shell: { run: 'echo x >> runs.log; cat more.txt > \${out}', strict: true, retries: 3, out: o }
  module: { use: read.ts, strict: true, out: o }
  free: { run: 'cat more.txt > \${out}', out: o }
`,
    'read.ts': module('stage', `writeFileSync(given.outputs.out, String(readdirSync('data')))`),
  },
  async (project) => {
    for (let turn = 1; turn <= 2; turn += 1) {
      const lines = (await project.run()).sort();
      assert.deepEqual(lines, [
        'failed module: undeclared',
        'failed shell: undeclared',
        turn === 1 ? 'ran free' : 'reused free',
      ]);
      assert.deepEqual(project.files('artifacts'), ['free/o']);
      assert.equal(project.read('runs.log'), 'x\n'.repeat(turn));
    }
    const failure = project.events().find((event) => event.kind === 'failed' && event.task === 'module');
    assert.deepEqual(failure && 'failure' in failure && failure.failure, {
      kind: 'undeclared',
      paths: ['data/'],
      count: 1,
    });
    project.write(
      'pipeline.yaml',
      project.read('pipeline.yaml').replace('strict: true, retries: 3', 'strict: true, in: { m: more.txt }'),
    );
    assert.deepEqual(await project.run('shell'), ['ran shell']);
  },
);

watched(
  'items are judged by what was read for them: a neighbour is a stranger, and what is clean is kept',
  {
    'photos/a.txt': 'a',
    'photos/b.txt': 'b',
    'photos/c.txt': 'c',
    'pipeline.yaml': `
vars: { strict: true }
stages:
  shell: { run: 'cat \${p.path} > \${out}; if [ \${p.id} = b.txt ]; then cat photos/a.txt >> \${out}; fi', each: { p: photos }, strict: $strict, out: '\${p.id}' }
  module: { use: copy.ts, each: { p: photos }, strict: $strict, batch: 2, out: '\${p.id}' }
`,
    'copy.ts': module(
      'itemStage',
      `for (const item of given.items) { copyFileSync(item.path, item.outputs.out); if (item.id === 'c.txt') readFileSync('photos/a.txt'); }`,
    ),
  },
  async (project) => {
    assert.deepEqual(await project.run('shell', { jobs: 1 }), ['failed shell: undeclared']);
    assert.deepEqual(await project.run('module', { jobs: 1 }), ['failed module: undeclared']);
    const settings = { set: [{ path: 'strict', value: false }] };
    // What was known to be clean before the failure needs no second making.
    assert.deepEqual(await project.run('', { settings, jobs: 1 }), [
      'ran shell: 2 made, 1 reused, 0 skipped',
      'ran module: 1 made, 2 reused, 0 skipped',
    ]);
  },
);

watched(
  'a strict task does not take what a loose one of the same key has just made of undeclared files',
  {
    ...data,
    'pipeline.yaml': `stages:
  a: { run: 'sleep 0.3; cat more.txt > \${out}', out: o }
  b: { run: 'sleep 0.3; cat more.txt > \${out}', strict: true, out: o }
`,
  },
  async (project) => {
    const lines = await project.run('', { trace: true, jobs: 2 });
    assert.ok(lines.includes('failed b: undeclared'), lines.join('\n'));
    assert.deepEqual((await project.run()).sort(), ['failed b: undeclared', 'reused a']);
  },
);

watched(
  'a stage that becomes strict does not stand on a result that is known to rest on more than it declares',
  { ...data, 'pipeline.yaml': `stages: { a: { run: 'echo x >> runs.log; cat more.txt > \${out}', out: o } }` },
  async (project) => {
    await traced(project);
    assert.deepEqual(await project.run(), ['reused a']);
    project.write('pipeline.yaml', project.read('pipeline.yaml').replace('out: o', 'strict: true, out: o'));
    assert.deepEqual(await project.run(), ['failed a: undeclared']);
    assert.equal(project.read('runs.log'), 'x\n', 'it need not run to be known');
    const planned = await ask(project, (opened) => opened.plan({ targets: [] }));
    const [decision] = planned.tasks.map((one) => one.decision);
    assert.ok(decision?.kind === 'fail' && decision.failure.kind === 'undeclared');
    assert.deepEqual(decision.failure.paths, ['more.txt']);
    assert.deepEqual(await project.run('', { force: ['a'] }), ['failed a: undeclared']);
    assert.equal(project.read('runs.log'), 'x\nx\n');
    project.write('pipeline.yaml', project.read('pipeline.yaml').replace('out: o', 'in: { m: more.txt }, out: o'));
    assert.deepEqual(await project.run(), ['ran a']);
  },
);

test('where nobody can watch, --trace is refused and a strict stage runs with a word', async () => {
  const files = {
    'more.txt': 'm',
    'pipeline.yaml': `
stages:
  a: { run: 'read x < more.txt; echo $x > \${out}', strict: true, out: o }
  b: { run: 'read x < more.txt; echo b$x > \${out}', strict: true, out: o }
`,
  };
  await inProject(files, async (project) => {
    const path = process.env.PATH;
    process.env.PATH = project.root;
    try {
      assert.deepEqual(await project.run('', { trace: true }), [
        'cannot-trace: what tasks read cannot be watched here: strace is not installed',
      ]);
      assert.deepEqual(project.files('artifacts'), []);
      const lines = (await project.run()).map((line) => line.replace(/; .*/, ''));
      const word =
        'notice warning: strict stages run unwatched: what tasks read cannot be watched here: strace is not installed';
      assert.deepEqual(lines.sort(), [word, 'ran a', 'ran b']);
      assert.equal(await undeclaredOf(project, 'a'), undefined);
    } finally {
      process.env.PATH = path;
    }
  });
});
