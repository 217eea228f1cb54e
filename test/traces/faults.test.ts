import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterRun, all, chain, quiet, runs, tamper } from './finished-run.ts';
import { inProject } from './project.ts';

for (const [title, fault] of [
  ['tampered with, its size and time put back', tamper],
  ['changed', (path: string) => writeFileSync(path, 'by hand')],
  ['removed', (path: string) => unlinkSync(path)],
  [
    'replaced by a folder',
    (path: string) => {
      unlinkSync(path);
      mkdirSync(join(path, 'x'), { recursive: true });
    },
  ],
  [
    'replaced by a link to another file',
    (path: string) => {
      unlinkSync(path);
      symlinkSync('/etc/hostname', path);
    },
  ],
  [
    'replaced by a dangling link',
    (path: string) => {
      unlinkSync(path);
      symlinkSync('/nowhere', path);
    },
  ],
] as const) {
  test(`an output that was ${title} is put back and never used`, () =>
    afterRun(async (project) => {
      fault(join(project.root, 'artifacts/one/one.txt'));
      fault(join(project.root, 'artifacts/tree/tree/deep/a'));
      assert.deepEqual(quiet(await project.run()).sort(), ['restored one', 'restored tree', 'reused two']);
      assert.equal(lstatSync(join(project.root, 'artifacts/one/one.txt')).isFile(), true);
      assert.equal(runs(project), '123');
    }));
}

for (const [title, place] of [
  ['an output folder', 'artifacts/tree/tree'],
  ['a folder within an output', 'artifacts/tree/tree/deep'],
] as const) {
  for (const [state, empty] of [
    ['other contents', false],
    ['nothing', true],
  ] as const) {
    test(`${title} swapped for a link to a folder with ${state}: the link goes aside, what lies behind it stays`, () =>
      afterRun(async (project) => {
        mkdirSync(join(project.root, 'mine'));
        if (!empty) {
          project.write('mine/own.txt', 'mine');
          // The store knows these contents, so that they could be taken for the engine's own.
          project.write('mine/hello.txt', 'hello\n');
        }
        rmSync(join(project.root, place), { recursive: true });
        symlinkSync(join(project.root, 'mine'), join(project.root, place));
        const lines = await project.run();
        assert.deepEqual(quiet(lines), ['reused one', 'reused two', 'restored tree']);
        assert.match(lines.join(), new RegExp(`notice ${place} was changed by hand`));
        assert.deepEqual(project.files('mine'), empty ? [] : ['hello.txt', 'own.txt']);
        assert.equal(lstatSync(join(project.root, place)).isDirectory(), true);
      }));
  }
}

test('an output folder swapped for a link to an equal one is in place, until its contents change', () =>
  afterRun(async (project) => {
    renameSync(join(project.root, 'artifacts/tree/tree'), join(project.root, 'mine'));
    symlinkSync('../../mine', join(project.root, 'artifacts/tree/tree'));
    assert.deepEqual(await project.run(), all('reused'));
    project.write('text.txt', 'bye\n');
    assert.deepEqual(quiet(await project.run()), all('ran'));
    assert.equal(project.read('mine/deep/a'), 'hello\n2\n');
    project.write('text.txt', 'hello\n');
    assert.deepEqual(quiet(await project.run()), all('restored'));
  }));

test('a whole output folder replaced by another is put back, the other kept aside', () =>
  afterRun(async (project) => {
    rmSync(join(project.root, 'artifacts/tree/tree'), { recursive: true });
    project.write('artifacts/tree/tree/deep/a', 'forged');
    project.write('artifacts/tree/tree/more/b', 'mine');
    const lines = await project.run();
    assert.deepEqual(quiet(lines), ['reused one', 'reused two', 'restored tree']);
    assert.equal(lines.length, 5);
    assert.deepEqual(project.files('artifacts/tree/tree'), ['b', 'deep/a']);
  }));

test('what a person wrote over an output is kept aside and said', () =>
  afterRun(async (project) => {
    project.write('artifacts/two/two.txt', 'my own words');
    project.write('artifacts/tree/tree/mine.txt', 'mine');
    const said = (await project.run()).filter((line) => line.startsWith('notice'));
    assert.equal(said.length, 2);
    for (const line of said) {
      const [, kept = ''] = / kept as (\S+)/.exec(line) ?? [];
      assert.match(project.read(kept), /my own words|mine/);
    }
  }));

/** Waits until a running task says that it is where it should be. */
async function untilThere(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 10));
}

const slow = (read: string) => `
stages:
  slow: { run: 'touch started; while [ ! -e go ]; do sleep 0.02; done; ${read} > \${out}', in: { text: text.txt }, code: [tool.sh], out: slow.txt }
  other: { run: 'while [ ! -e started ]; do sleep 0.02; done; cat \${in.text} > \${out}; [ -e edited ] || { touch wait; while [ ! -e edited ]; do sleep 0.02; done; }', in: { text: text.txt }, out: other.txt }
`;

for (const [title, edited] of [
  ['input', 'text.txt'],
  ['script', 'tool.sh'],
] as const) {
  test(`an ${title} that changes while its task runs is not recorded under the old key`, () =>
    inProject(
      { 'pipeline.yaml': slow('cat ${in.text} tool.sh'), 'text.txt': 'old\n', 'tool.sh': 'old\n' },
      async (project) => {
        const running = project.run('slow');
        await untilThere(join(project.root, 'started'));
        project.write(edited, 'new\n');
        project.write('go', '');
        assert.deepEqual(quiet(await running), ['ran slow']);
        const fresh = project.read('artifacts/slow/slow.txt');
        assert.match(fresh, /new/);
        assert.deepEqual(await project.run('slow'), ['reused slow']);
        project.write(edited, 'old\n');
        assert.deepEqual(quiet(await project.run('slow')), ['ran slow']);
        assert.equal(project.read('artifacts/slow/slow.txt'), 'old\nold\n');
      },
    ));
}

test('a look that another task caused does not hide that a source changed', () =>
  inProject({ 'pipeline.yaml': slow('cat ${in.text}'), 'text.txt': 'old\n', 'tool.sh': '' }, async (project) => {
    const running = project.run('', { jobs: 2 });
    await untilThere(join(project.root, 'wait'));
    project.write('text.txt', 'new\n');
    project.write('edited', '');
    // The other task has noticed the change and run again before the slow one reads.
    await untilThere(join(project.root, 'artifacts/other/other.txt'));
    project.write('go', '');
    assert.deepEqual(quiet(await running).sort(), ['ran other', 'ran slow']);
    project.write('text.txt', 'old\n');
    assert.deepEqual(quiet(await project.run('', { jobs: 2 })).sort(), ['ran other', 'ran slow']);
    assert.equal(project.read('artifacts/slow/slow.txt'), 'old\n');
  }));

test('tasks that read what was changed once look again, and do not disturb each other', () => {
  const pipeline = `
stages:
  up: { run: 'echo up > \${out}', out: x.txt }
  m: { run: 'echo \${k} >> log; sleep 0.\${k}; cat \${in.u} > \${out}', matrix: { k: [3, 4, 5] }, in: { u: up }, out: x.txt }
`;
  return inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    const running = project.run('', { jobs: 3 });
    while (!existsSync(join(project.root, 'log')) || project.read('log').length < 6) await sleep(5);
    writeFileSync(join(project.root, 'artifacts/up/x.txt'), 'other\n');
    const lines = await running;
    assert.deepEqual(lines.filter((line) => !line.startsWith('notice')).sort(), [
      'ran m@3',
      'ran m@4',
      'ran m@5',
      'ran up',
    ]);
    for (const k of [3, 4, 5]) assert.equal(project.read(`artifacts/m/k=${k}/x.txt`), 'up\n');
    const log = project.read('log').split('\n');
    for (const k of ['3', '4', '5']) assert.ok(log.filter((one) => one === k).length <= 3, log.join(' '));
  });
});

test('a pipeline that is not UTF-8 is told with its line', () =>
  inProject({ 'pipeline.yaml': '' }, async (project) => {
    const text = 'stages:\n  # caf\u00e9\n  s: { run: "echo > ${out}", out: o }\n';
    writeFileSync(join(project.root, 'pipeline.yaml'), Buffer.from(text, 'latin1'));
    assert.match((await project.diagnose()).join(), /^no-pipeline 2:1 the line holds a character that is not UTF-8/);
    project.write('pipeline.yaml', text);
    assert.deepEqual(await project.run(), ['ran s']);
  }));

test('a link that was turned elsewhere and back while a task read through it is noticed', () => {
  const pipeline = `
stages:
  file: { run: '[ -e once ] || { ln -sfn v2 cur; cat \${in.f} > \${out}; ln -sfn v1 cur; touch once; exit; }; cat \${in.f} > \${out}', in: { f: ./cur }, out: o }
`;
  return inProject({ 'pipeline.yaml': pipeline, v1: '1', v2: '2' }, async (project) => {
    symlinkSync('v1', join(project.root, 'cur'));
    assert.deepEqual(await project.run(), ['notice ./cur changed while file ran; it runs again', 'ran file']);
    assert.equal(project.read('artifacts/file/o'), '1');
    assert.deepEqual(await project.run(), ['reused file']);
  });
});

for (const code of ['nets/', 'nets', "'nets/**'"]) {
  test(`what Python compiles beside the code is no part of it: ${code}`, () => {
    const compile =
      'mkdir -p nets/deep/__pycache__ nets/__pycache__; date +%N > nets/__pycache__/a.pyc; cp nets/__pycache__/a.pyc nets/deep/__pycache__/';
    const files = {
      'pipeline.yaml': `stages: { t: { run: '${compile}; echo x >> log; cat nets/a.py > \${out}', code: ${code}, out: m.txt } }`,
      'nets/a.py': 'a',
      'nets/deep/b.py': 'b',
    };
    return inProject(files, async (project) => {
      assert.deepEqual(await project.run(), ['ran t']);
      project.write('nets/__pycache__/more.pyc', 'x');
      assert.deepEqual(await project.run(), ['reused t']);
      rmSync(join(project.root, 'nets/__pycache__'), { recursive: true });
      assert.deepEqual(await project.run(), ['reused t']);
      assert.equal(project.read('log'), 'x\n');
      project.write('nets/deep/b.py', 'other');
      assert.deepEqual(await project.run(), ['ran t']);
    });
  });
}

test('a source that goes away under a task is no fault of the task', () => {
  const pipeline =
    "stages: { s: { run: 'cat src.txt && rm src.txt && cat src.txt > ${out}', in: { x: src.txt }, out: o.txt } }";
  return inProject({ 'pipeline.yaml': pipeline, 'src.txt': 'x' }, async (project) => {
    const lines = await project.run();
    assert.deepEqual(lines, ['notice src.txt changed while s ran; it runs again', 'failed s: input-missing']);
  });
});

test('the project moved: nothing runs', () =>
  inProject({ 'deep/pipeline.yaml': chain, 'deep/text.txt': 'hello\n' }, async (outer) => {
    const { openProject } = await import('../../engine/engine.ts');
    const run = async (root: string) => {
      const project = await openProject({ root, settings: { set: [] } });
      const kinds: string[] = [];
      const request = { targets: [], force: [], failFast: false, signal: new AbortController().signal };
      for await (const event of project.run(request)) if ('task' in event) kinds.push(event.kind);
      await project.close();
      return [...new Set(kinds)];
    };
    assert.ok((await run(join(outer.root, 'deep'))).includes('finished'));
    renameSync(join(outer.root, 'deep'), join(outer.root, 'moved'));
    assert.deepEqual(await run(join(outer.root, 'moved')), ['reused']);
  }));

test('a file where the view or the store has to be is said, and nothing is lost', () =>
  inProject({ 'pipeline.yaml': chain, 'text.txt': 'hello\n', artifacts: 'mine' }, async (project) => {
    assert.deepEqual(await project.run('one'), ['failed one: disk']);
    assert.equal(project.read('artifacts'), 'mine');
    rmSync(join(project.root, 'artifacts'));
    assert.deepEqual(await project.run('one'), ['restored one']);
    rmSync(join(project.root, '.flow'), { recursive: true });
    project.write('.flow', 'mine');
    await assert.rejects(project.run('one'), /a file stands where a folder has to be: .*\.flow/);
    assert.equal(project.read('.flow'), 'mine');
  }));

test('folders nested deeper than a path may be long are refused, and no later run stumbles over them', () => {
  const nest =
    'n=$(printf %0200d); for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24; do mkdir $n; cd $n; done';
  const pipeline = `
stages:
  deep: { run: 'cd \${out}; ${nest}; echo > x', out: tree/ }
  other: { run: 'echo > \${out}', out: x.txt }
`;
  return inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    assert.deepEqual((await project.run()).sort(), ['failed deep: output-wrong', 'ran other']);
    assert.deepEqual((await project.run()).sort(), ['failed deep: output-wrong', 'reused other']);
    assert.deepEqual(readdirSync(join(project.root, '.flow/attempts')), []);
  });
});
