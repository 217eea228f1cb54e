// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${name} is the template of pipeline.yaml.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { expandPipeline } from '../../../engine/graph/expand.ts';
import { resolveTargets, selectTasks } from '../../../engine/graph/select.ts';
import type { TaskName } from '../../../engine/model/names.ts';
import type { Source, TaskGraph, TaskNode } from '../../../engine/model/task.ts';
import { line, parse } from '../spec/said.ts';

const shipped = readFileSync(new URL('../../../pipeline.yaml', import.meta.url), 'utf8');

function graphOf(text: string): TaskGraph {
  const { spec, diagnostics } = parse(text);
  assert.deepEqual(diagnostics.map(line), []);
  assert.ok(spec);
  const graph = expandPipeline(spec);
  assert.deepEqual(graph.diagnostics.map(line), []);
  return graph;
}

function taskOf(graph: TaskGraph, name: string): TaskNode {
  const task = graph.tasks.get(name as TaskName);
  assert.ok(task, name);
  return task;
}

/** `task.out`, or the path; with `?` where it may be absent. */
function source(one: Source | null): string | null {
  if (!one) return null;
  const text = one.kind === 'output' ? `${one.task}.${one.out}` : `${one.glob ? 'glob ' : ''}${one.path}`;
  return `${text}${one.optional ? '?' : ''}`;
}

function inputs(task: TaskNode) {
  return Object.fromEntries(
    task.inputs.map((input) => {
      if (input.kind === 'one') return [input.name, source(input.source)];
      if (input.kind === 'list') return [input.name, input.sources.map(source)];
      return [input.name, `${input.candidates.length} of ${input.stage}.${input.out} by ${source(input.choice)}`];
    }),
  );
}

const folds = [0, 1, 2, 3, 4];

test('the shipped pipeline has the expected tasks, in an order that runs', () => {
  const graph = graphOf(shipped);
  const first =
    'sample resize resizeTest embedWeights embed dedupe clean split cutmix weights activations turned turnedActivations pastedActivations'.split(
      ' ',
    );
  const rounds = ['folds', 'folds2'].flatMap((round) => folds.map((fold) => `testLogits@round=${round}@fold=${fold}`));
  assert.deepEqual(
    [...graph.tasks.keys()],
    [
      ...first,
      ...folds.map((fold) => `folds@${fold}`),
      'proposals',
      'distill',
      ...folds.map((fold) => `folds2@${fold}`),
      'ensemble',
      ...rounds,
      'predict',
      'archive',
      'export',
    ],
  );
  assert.deepEqual(inputs(taskOf(graph, 'testLogits@round=folds2@fold=3')), { model: 'folds2@3.model' });
  assert.deepEqual(inputs(taskOf(graph, 'predict')), {
    choice: 'ensemble.choice',
    calibration: 'ensemble.calibration',
    logits: '10 of testLogits.out by ensemble.choice',
    photos: 'resizeTest.photo',
    labels: 'sample.testLabels?',
  });
  assert.deepEqual(inputs(taskOf(graph, 'ensemble')).logits, [
    ...folds.map((fold) => `folds@${fold}.logits`),
    ...folds.map((fold) => `folds2@${fold}.logits`),
  ]);
  assert.deepEqual(inputs(taskOf(graph, 'clean')).corrections, 'corrections.csv?');
});

test('a choice is needed only perhaps, and what it is chosen by surely', () => {
  const graph = graphOf(shipped);
  const { tasks, maybe } = selectTasks(graph, ['predict' as TaskName]);
  assert.equal(tasks.includes('archive' as TaskName), false);
  assert.deepEqual([tasks.length, maybe.length, maybe[0]], [27, 10, 'testLogits@round=folds@fold=0']);
  assert.deepEqual(graph.needs.get('predict' as TaskName), ['ensemble', 'resizeTest', 'sample']);
  assert.equal(graph.mayNeed.get('predict' as TaskName)?.length, 10);
});

test('where outputs lie', () => {
  const graph = graphOf(`
stages:
  files: { use: a.ts, matrix: { a: [1], b: [x] }, out: { deep: ./x//y.txt, "folder": "in-\${b}/" } }
  items: { use: a.ts, each: { p: files.folder }, out: "\${p.dir}/\${p.stem}.jpg" }
  named: { use: a.ts, matrix: { a: [1] }, each: { p: items }, out: { one: "\${a}/\${p.id}", two: "\${p.id}?" } }
`);
  const places = [...graph.tasks.values()].flatMap(({ outs }) =>
    outs.map(({ kind, path, view, optional }) => `${kind} ${path} at ${view}${optional ? '?' : ''}`),
  );
  assert.deepEqual(places, [
    'file x/y.txt at files/a=1/b=x/x/y.txt',
    'folder in-x at files/a=1/b=x/in-x',
    'items ${p.dir}/${p.stem}.jpg at items',
    'items 1/${p.id} at named/a=1/one',
    'items ${p.id} at named/a=1/two?',
  ]);
});

test('matrix values reach parameters with their type, and commands quoted', () => {
  const graph = graphOf(`
stages:
  a:
    run: "train \${with.size} \${big} \${kind} > \${out}"
    matrix: { size: [1, 2], big: [true, false], kind: [x;y] }
    with: { size: $size, text: "s\${size}", list: [$big] }
    out: o.txt
`);
  assert.equal(graph.tasks.size, 4);
  const task = taskOf(graph, 'a@size=2@big=false@kind=x;y');
  assert.deepEqual(task.with, { size: 2, text: 's2', list: [false] });
  assert.deepEqual(task.action, { kind: 'run', command: "train ${with.size} false 'x;y' > ${out}" });
  assert.equal(task.folder, 'a/size=2/big=false/kind=x;y');
});

test('lists: a matrix without @, a part of one, several references, and each over several folders', () => {
  const graph = graphOf(`
vars: { none: null }
stages:
  m: { use: a.ts, matrix: { r: [u, v], f: [0, 1] }, out: { o: o.txt, d: d/ } }
  one: { use: a.ts, matrix: { f: [7] }, out: o.txt }
  all: { use: a.ts, in: { m: m.o, part: m@r=v.o, exact: m@r=v@f=1.o, one: one, list: [one@7, $none?, "*.csv", ./m] }, out: o }
  each: { use: a.ts, each: { p: m@f=1.d }, out: "\${p.id}" }
`);
  assert.deepEqual(inputs(taskOf(graph, 'all')), {
    m: ['m@r=u@f=0.o', 'm@r=u@f=1.o', 'm@r=v@f=0.o', 'm@r=v@f=1.o'],
    part: ['m@r=v@f=0.o', 'm@r=v@f=1.o'],
    exact: 'm@r=v@f=1.o',
    one: ['one@7.out'],
    list: ['one@7.out', 'glob *.csv', './m'],
  });
  const { each } = taskOf(graph, 'each');
  assert.deepEqual([each?.list, each?.sources.map(source)], [true, ['m@r=u@f=1.d', 'm@r=v@f=1.d']]);
});

const targets: readonly (readonly [text: string, tasks: string])[] = [
  ['split', 'split'],
  ['sample.truth', 'sample'],
  ['folds@3', 'folds@3'],
  ['folds@fold=3.model', 'folds@3'],
  ['distill', 'distill'],
  ['testLogits@fold=1', 'testLogits@round=folds@fold=1 testLogits@round=folds2@fold=1'],
  ['artifacts/folds/fold=2/model.safetensors', 'folds@2'],
  ['artifacts/resize/photo/normal/x.jpg', 'resize'],
  ['artifacts/sample/', 'sample'],
  ['artifacts/folds', 'folds@0 folds@1 folds@2 folds@3 folds@4'],
  ['predictt', "unknown-stage: there is no stage 'predictt' (did you mean 'predict'?)"],
  [
    'folds,distill',
    "unknown-stage: 'folds,distill' names no stage, task or output (several are written apart, with spaces between them)",
  ],
  [
    'sample/x.jpg',
    "unknown-stage: 'sample/x.jpg' names no stage, task or output (a file is named by its path, artifacts/sample/x.jpg)",
  ],
  [
    'folds*',
    "unknown-stage: 'folds*' names no stage, task or output (behind 'folds' may stand @ with a value of its matrix, and . with an output)",
  ],
  ['folds@9', "unknown-matrix-value: 'fold' of 'folds' is never '9' (its values are 0, 1, 2, 3, 4)"],
  ['sample.trth', "unknown-output: 'sample' has no output 'trth' (its outputs are train, test, testLabels, truth)"],
  [
    'artifacts/nothing',
    'unknown-output: no stage makes artifacts/nothing (name a stage, or a path that flow run lists)',
  ],
];

for (const [text, expected] of targets) {
  test(`target ${text}`, () => {
    const { tasks, diagnostics } = resolveTargets(graphOf(shipped), [text]);
    assert.equal([...tasks, ...diagnostics.map(line)].join(' '), expected);
  });
}

test('no target means every task, several are joined in the order asked for', () => {
  const graph = graphOf(shipped);
  assert.equal(resolveTargets(graph, []).tasks.length, graph.tasks.size);
  assert.deepEqual(resolveTargets(graph, ['split', 'clean', 'split']).tasks, ['split', 'clean']);
});
