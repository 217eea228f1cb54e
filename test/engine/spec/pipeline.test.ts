// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is the template of pipeline.yaml.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { expandPipeline } from '../../../engine/graph/expand.ts';
import type { PipelineSettings, PipelineSpec } from '../../../engine/model/spec.ts';
import { line, parse } from './said.ts';

const shipped = readFileSync(new URL('../../../pipeline.yaml', import.meta.url), 'utf8');

function specOf(text: string, settings: Partial<PipelineSettings> = {}): PipelineSpec {
  const { spec, diagnostics } = parse(text, settings);
  assert.deepEqual(diagnostics.map(line), []);
  assert.ok(spec);
  return spec;
}

/** The parameters of the only stage, and what else it says. */
function stageOf(text: string, settings: Partial<PipelineSettings> = {}) {
  const [stage] = specOf(text, settings).stages;
  assert.ok(stage);
  return stage;
}

test('vars, then the profile, then --set; maps merge key by key, anything else replaces', () => {
  const text = [
    'vars: { net: { name: lite, size: 96 }, folds: [0, 1], size: $net.size, tag: "s${size}" }',
    'profiles: { big: { net: { size: 224, extra: 1 }, folds: [5] } }',
    'stages: { a: { use: a.ts, out: o, with: { net: $net, folds: $folds, tag: $tag } } }',
  ].join('\n');
  const set = [
    { path: 'net.name', value: 'b4' },
    { path: 'net', value: { size: 300 } },
  ];
  assert.deepEqual(stageOf(text).with, { net: { name: 'lite', size: 96 }, folds: [0, 1], tag: 's96' });
  const big = { net: { name: 'lite', size: 224, extra: 1 }, folds: [5], tag: 's224' };
  assert.deepEqual(stageOf(text, { profile: 'big' }).with, big);
  assert.deepEqual(stageOf(text, { profile: 'big', set }).with, {
    ...big,
    net: { name: 'b4', size: 300, extra: 1 },
    tag: 's300',
  });
});

test('anchors, aliases and merges', () => {
  const text = [
    'vars: { base: &base { a: 1, b: 2 }, more: { <<: *base, b: 3 }, both: { <<: [{ a: 9 }, *base], c: 4 } }',
    'stages:',
    '  one: &stage { use: a.ts, with: { more: $more, both: $both }, out: o }',
    '  two: { <<: *stage, out: p }',
  ].join('\n');
  const [one, two] = specOf(text).stages;
  assert.deepEqual(one?.with, { more: { a: 1, b: 3 }, both: { a: 9, b: 2, c: 4 } });
  assert.deepEqual([two?.with, two?.out[0]?.path.text], [one?.with, 'p']);
});

test('every key in its forms', () => {
  const stage = stageOf(`
vars: { trains: [photos/a, photos/b], maybe: null, sure: labels.csv, keys: [m.a] }
stages:
  a:
    run: [convert, "\${photo.path}", $with.flags, "\${out.small}"]
    matrix: { size: [1, 0.5], kind: [x] }
    each: { photo: $trains }
    in: { one: other.csv, maybe: $maybe?, sure: $sure?, list: [$maybe?, x/, "\${kind}.csv"], some: { from: a, only: b.json } }
    with: { flags: [-a, "\${size}"], size: $size }
    out: { small: "./\${photo.dir}//\${photo.stem}.jpg", facts: "\${photo.id}.json?" }
    code: [scripts/*.sh, ./a.py]
    env: LANG
    resources: { cpu: 2, gpu: 1, memory: 1.5 GiB, locks: disk }
    timeout: 10 min
    retries: 2
    deterministic: false
    resumable: flags
    batch: 8
    rows: { small: stem }
    metrics: { facts: $keys }
`);
  const texts = (list: readonly ({ text: string } | null)[]) => list.map((one) => one?.text ?? null);
  assert.deepEqual(stage.action, { kind: 'run', command: ['convert', '${photo.path}', '$with.flags', '${out.small}'] });
  assert.deepEqual(stage.matrix, [
    { name: 'size', values: [1, 0.5] },
    { name: 'kind', values: ['x'] },
  ]);
  assert.deepEqual([stage.each?.list, texts(stage.each?.from ?? [])], [true, ['photos/a', 'photos/b']]);
  const sources = stage.in.map((input) =>
    input.kind === 'list'
      ? texts(input.from)
      : input.kind === 'one'
        ? texts([input.from])
        : texts([input.from, input.only]),
  );
  assert.deepEqual(sources, [['other.csv'], [null], ['labels.csv?'], [null, 'x/', '${kind}.csv'], ['a', 'b.json']]);
  assert.deepEqual(stage.with, { flags: ['-a', '${size}'], size: '$size' });
  const outs = stage.out.map(({ name, path, optional }) => [name, path.text, optional]);
  assert.deepEqual(outs, [
    ['small', '${photo.dir}/${photo.stem}.jpg', false],
    ['facts', '${photo.id}.json', true],
  ]);
  assert.deepEqual([texts(stage.code), stage.env, stage.batch], [['scripts/*.sh', './a.py'], ['LANG'], 8]);
  assert.deepEqual(stage.resources, { cpu: 2, gpu: 1, memory: 1.5 * 2 ** 30, locks: ['disk'] });
  assert.deepEqual([stage.timeout, stage.retries, stage.deterministic], [600, 2, false]);
  assert.deepEqual([stage.resumable, stage.rows, stage.metrics], [['flags'], { small: 'stem' }, { facts: ['m.a'] }]);
  assert.deepEqual(stage.withPositions.flags, { line: 9, column: 20, length: 15 });
});

test('a stage is strict where it says so, or where the pipeline does and it says nothing', () => {
  const spec = specOf(
    `strict: true
vars: { loose: false }
stages: { a: { use: a.ts, out: o }, b: { use: a.ts, out: o, strict: $loose }, c: { use: a.ts, out: o, strict: true } }
`,
  );
  assert.deepEqual(
    spec.stages.map(({ strict }) => strict),
    [true, false, true],
  );
  assert.equal(specOf('stages: { a: { use: a.ts, out: o } }').stages[0]?.strict, false);
});

test('a dollar that is meant as one survives variables and matrix, and is undone once', () => {
  const spec = specOf(
    'vars: { price: "$$five", brace: "$${x}" }\n' +
      'stages: { a: { run: "echo $HOME $${HOME} ${brace} ${m}", matrix: { m: [1] }, with: { p: $price, b: "${brace}${m}" }, out: "o" } }',
  );
  const task = [...expandPipeline(spec).tasks.values()][0];
  assert.deepEqual(task?.with, { p: '$five', b: '${x}1' });
  const written = { command: 'echo $HOME $${HOME} ${brace} ${m}', variables: { brace: '${x}' } };
  assert.deepEqual(task?.action, { kind: 'run', command: "echo $HOME $${HOME} '$${x}' 1", written });
});

test('the pipeline that ships with the project has no fault, under any profile, and is plain JSON', () => {
  for (const profile of [undefined, 'quality', 'contest']) {
    const spec = specOf(shipped, { ...(profile && { profile }) });
    assert.deepEqual(expandPipeline(spec).diagnostics.map(line), []);
    assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
  }
});

test("photos of one's own take the place of the sample", () => {
  const set = [
    { path: 'train', value: ['/my/a', '../b'] },
    { path: 'test', value: '/my/test' },
    { path: 'testLabels', value: null },
  ];
  const spec = specOf(shipped, { set });
  const resize = spec.stages.find(({ name }) => name === 'resize');
  assert.deepEqual([resize?.each?.list, resize?.each?.from.map(({ text }) => text)], [true, ['/my/a', '../b']]);
  const predict = spec.stages.find(({ name }) => name === 'predict');
  assert.deepEqual(predict?.in.at(-1), { name: 'labels', at: predict?.in.at(-1)?.at, kind: 'one', from: null });
});

test('no text, however mangled, makes the parser or the graph throw', () => {
  const pieces = [
    '{',
    '}',
    '[',
    ']',
    ':',
    ' ',
    '\n',
    '  ',
    '$',
    '${',
    '*a',
    '&a ',
    '<<: ',
    '- ',
    '"',
    "'",
    '?',
    '|',
    '#',
    '__proto__: ',
  ];
  const edit = fc.record({ at: fc.nat(shipped.length), cut: fc.nat(12), put: fc.constantFrom('', ...pieces) });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce(
        (before, { at, cut, put }) => before.slice(0, at) + put + before.slice(at + cut),
        shipped,
      );
      const { spec, diagnostics } = parse(text);
      const all = [...diagnostics, ...(spec ? expandPipeline(spec).diagnostics : [])];
      assert.ok(spec || all.length > 0);
      for (const { at } of all) {
        const length = text.split('\n')[(at?.line ?? 1) - 1]?.length ?? 0;
        assert.ok(at && at.length >= 1 && at.column >= 1 && at.column <= length + 1, JSON.stringify(at));
      }
    }),
    { numRuns: 60 },
  );
});

test('a bracket that is never closed leaves every place inside the text', () => {
  const text = shipped.replace('{ longest: 600', '[longest: 600');
  for (const { at } of parse(text).diagnostics) {
    assert.ok(at && at.column <= (text.split('\n')[at.line - 1]?.length ?? 0) + 1, JSON.stringify(at));
  }
});

test('nesting and aliases without end are diagnostics', () => {
  const bomb = ['vars:', '  a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++) bomb.push(`  a${level}: &a${level} [${`*a${level - 1}, `.repeat(10)}]`);
  for (const text of [
    bomb.join('\n'),
    '['.repeat(20_000),
    '- '.repeat(20_000),
    `a: ${'{b: '.repeat(900)}${'}'.repeat(900)}`,
  ]) {
    assert.ok(parse(text).diagnostics.some(({ code }) => code === 'yaml-too-deep' || code === 'yaml-too-large'));
  }
});
