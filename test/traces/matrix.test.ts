import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inProject } from './project.ts';

const pipeline = ({ choice = 'choice.json', values = '[a, b, c]' } = {}) =>
  `
default: sum
vars: { word: x }
profiles: { loud: { word: X } }
stages:
  base: { run: 'echo $word > \${out}', with: { word: $word }, out: base.txt }
  part:
    matrix: { p: ${values} }
    run: 'cat \${in.base} > \${out}; echo $p >> \${out}; echo $p >> runs.log'
    in: { base: base }
    out: part.txt
  sum:
    run: 'cat \${in.parts} > \${out}'
    in: { parts: { from: part, only: ${choice} } }
    out: sum.txt
  all: { run: 'cat \${in.parts} > \${out}', in: { parts: [part@b, part] }, out: all.txt }
`
    .replaceAll('$word >', '${with.word} >')
    .replaceAll('echo $p', 'echo ${p}');
const names = (...values: string[]) => JSON.stringify(values.map((p) => ({ p })));
const files = { 'pipeline.yaml': pipeline(), 'choice.json': names('a') };

test('only what a choice asks for runs, and what it no longer asks for is left alone', () =>
  inProject(files, async (project) => {
    assert.deepEqual(await project.run(), ['ran base', 'ran part@a', 'ran sum']);
    project.write('choice.json', names('a', 'c'));
    assert.deepEqual(await project.plan(), ['reuse base', 'reuse part@a', 'run part@c', 'wait sum for part@c']);
    assert.deepEqual(await project.run(), ['reused base', 'reused part@a', 'ran part@c', 'ran sum']);
    assert.equal(project.read('artifacts/sum/sum.txt'), 'x\na\nx\nc\n');
    project.write('choice.json', `  ${names('a', 'c').replace(',', ' ,\n')}`);
    assert.deepEqual(await project.run(), ['reused base', 'reused part@a', 'reused part@c', 'reused sum']);
    project.write('choice.json', names('a'));
    assert.deepEqual(await project.run(), ['reused base', 'reused part@a', 'restored sum']);
    project.write('choice.json', '[]');
    assert.deepEqual(await project.run(), ['reused base', 'ran sum'].slice(1));
    assert.equal(project.read('runs.log'), 'a\nc\n');
  }));

for (const [title, choice, expected] of [
  ['a value that the matrix lacks', names('z'), 'failed sum: choice-unknown'],
  ['a variable that the matrix lacks', '[{"q":"a"}]', 'failed sum: choice-unknown'],
  ['no JSON', 'a, c', 'failed sum: threw'],
  ['no list', '{"p":"a"}', 'failed sum: threw'],
] as const) {
  test(`a choice fails clearly: ${title}`, () =>
    inProject({ ...files, 'choice.json': choice }, async (project) => {
      assert.deepEqual(await project.run(), [expected]);
      const failed = project.events().find((event) => event.kind === 'failed');
      assert.ok(failed?.kind === 'failed');
      if (failed.failure.kind === 'choice-unknown') {
        assert.ok(failed.failure.stage === 'part' && choice.includes(failed.failure.choice));
      } else if (failed.failure.kind === 'threw') assert.match(failed.failure.message, /choice\.json.*JSON list/);
    }));
}

test('a choice that a stage makes is followed in the same run', () => {
  const made = pipeline({ choice: 'choose' }).replace(
    'stages:',
    "stages:\n  choose: { run: 'cat ${in.x} > ${out}', in: { x: choice.json }, out: c.json }",
  );
  return inProject({ ...files, 'pipeline.yaml': made }, async (project) => {
    assert.deepEqual(await project.plan(), ['run choose', 'wait sum for choose']);
    assert.deepEqual(await project.run(), ['ran choose', 'ran base', 'ran part@a', 'ran sum']);
    project.write('choice.json', names('b'));
    assert.deepEqual(await project.run(), ['ran choose', 'reused base', 'ran part@b', 'ran sum']);
  });
});

test('a choice that asks for what rests on a failed task: all that is blocked is said', () => {
  const broken = pipeline()
    .replace("base: { run: 'echo", "base: { run: 'exit 4; echo")
    .replace('default: sum', 'default: [base, sum]');
  return inProject({ ...files, 'pipeline.yaml': broken }, async (project) => {
    assert.deepEqual(await project.run('', { jobs: 1 }), [
      'failed base: exit 4',
      'blocked part@a by base',
      'blocked sum by base',
    ]);
  });
});

test('a choice read after the failure blocks what it asks for, too', () => {
  const broken = `
stages:
  base: { run: 'exit 4', out: b.txt }
  choose: { run: 'sleep 0.2; cat \${in.x} > \${out}', in: { x: choice.json }, out: c.json }
  part: { matrix: { p: [a, b] }, run: 'cp \${in.b} \${out}', in: { b: base }, out: p.txt }
  sum: { run: 'cat \${in.parts} > \${out}', in: { parts: { from: part, only: choose } }, out: s.txt }
`;
  return inProject({ 'pipeline.yaml': broken, 'choice.json': names('a') }, async (project) => {
    const lines = await project.run('base sum', { jobs: 2 });
    assert.deepEqual(lines, ['failed base: exit 4', 'ran choose', 'blocked part@a by base', 'blocked sum by base']);
  });
});

test('a matrix stage without @ is all its tasks in order; one task is named with @', () =>
  inProject(files, async (project) => {
    await project.run('all', { jobs: 1 });
    assert.equal(project.read('artifacts/all/all.txt'), 'x\nb\nx\na\nx\nb\nx\nc\n');
    assert.deepEqual(await project.run('part@c'), ['reused base', 'reused part@c']);
    project.write('pipeline.yaml', pipeline({ values: '[a, b, c, d]' }));
    assert.deepEqual(await project.run('part'), [
      'reused base',
      'reused part@a',
      'reused part@b',
      'reused part@c',
      'ran part@d',
    ]);
    assert.equal(project.read('runs.log'), 'a\nb\nc\nd\n');
  }));

test('settings and profiles change what they reach, and back is restored', () =>
  inProject(files, async (project) => {
    const fresh = ['ran base', 'ran part@a', 'ran sum'];
    const back = ['restored base', 'restored part@a', 'restored sum'];
    assert.deepEqual(await project.run(), fresh);
    assert.deepEqual(await project.run('', { settings: { set: [{ path: 'word', value: 'y' }] } }), fresh);
    assert.deepEqual(await project.run('', { settings: { profile: 'loud' } }), fresh);
    assert.equal(project.read('artifacts/sum/sum.txt'), 'X\na\n');
    assert.deepEqual(
      await project.run('', { settings: { profile: 'loud', set: [{ path: 'word', value: 'x' }] } }),
      back,
    );
    assert.match((await project.run('', { settings: { profile: 'lowd' } })).join(), /lowd/);
    assert.match((await project.run('', { settings: { set: [{ path: 'wort', value: 1 }] } })).join(), /wort/);
  }));

for (const [target, expected] of [
  ['sun', /^unknown-\w+: .*'sun'/],
  ['part@z', /'part@z'|'z'/],
  ['part.oot', /oot/],
] as const) {
  test(`a target that is not there: ${target}`, () =>
    inProject(files, async (project) => assert.match((await project.run(target)).join(), expected)));
}

for (const [title, stages, code] of [
  ['a cycle', 'a: { run: x, in: { x: b }, out: a.txt }\n  b: { run: x, in: { x: a }, out: b.txt }', 'cycle'],
  [
    'a matrix value with a slash leads nowhere',
    "a: { matrix: { v: ['../../x'] }, run: 'echo > ${out}', out: a.txt }",
    '',
  ],
  [
    'an output of a matrix value that leads out',
    "a: { matrix: { v: ['../../x'] }, run: 'echo > ${out}', out: '${v}.txt' }",
    '',
  ],
  ['an absolute output', 'a: { run: x, out: /tmp/x }', 'output-outside'],
  ['an unknown key', 'a: { run: x, outs: x.txt }', 'unknown-key'],
] as const) {
  test(`refused: ${title}`, () =>
    inProject({ 'pipeline.yaml': `stages:\n  ${stages}\n` }, async (project) => {
      const found = await project.diagnose();
      assert.ok(found.length > 0, 'something has to be wrong');
      assert.ok(
        found.some((line) => line.startsWith(code) && / [23]:\d+ /.test(line)),
        found.join('\n'),
      );
    }));
}
