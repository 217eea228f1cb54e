import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DiagnosticError } from '../../engine/model/diagnostic.ts';
import type { LineageNode } from '../../engine/model/inspection.ts';
import type { AcceptAnswer } from '../../engine/model/project.ts';
import type { PipelineSettings } from '../../engine/model/spec.ts';
import { ask, inProject, type TraceProject } from './project.ts';

// A refactored training is bound to its last result by a person's word; whatever else changed is refused by name.

const files = {
  'pipeline.yaml': `
vars: { lr: 1, first: 1 }
stages:
  shrink:
    each: { photo: photos }
    run: 'sh shrink.sh \${photo.path} > \${out}; echo shrink >> runs.log'
    code: [shrink.sh]
    out: \${photo.id}
  folds:
    matrix: { fold: [0, 1] }
    use: train.ts
    in: { photos: shrink }
    with: { lr: $lr, weights: weights.bin }
    out: { model: model.txt }
  predict: { run: 'cat \${in.models} > \${out}; echo predict >> runs.log', in: { models: [folds] }, out: predict.txt }
`,
  'train.ts': `import { appendFileSync, writeFileSync } from 'node:fs';
import { items, file, stage } from 'flow/stage';
import { z } from 'zod';
export default stage({
  params: z.object({ lr: z.number(), weights: z.string().meta({ file: true }) }),
  inputs: { photos: items },
  outputs: { model: file },
  run: ({ params, outputs, matrix }) => {
    appendFileSync('RUNS', 'train\\n');
    writeFileSync(outputs.model, 'model ' + params.lr + matrix.fold);
  },
});
`,
  'shrink.sh': 'cat "$1"\n',
  'weights.bin': 'weights',
  'photos/a.jpg': 'A',
  'photos/b.jpg': 'B',
};

async function afterRun(body: (project: TraceProject) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    project.write('train.ts', files['train.ts'].replace('RUNS', join(project.root, 'runs.log')));
    await project.run();
    await project.run();
    project.write('runs.log', '');
    await body(project);
  });
}

const quiet = ['reused shrink', 'reused folds@0', 'reused folds@1', 'reused predict'];
const refactor = (project: TraceProject) =>
  project.write('train.ts', project.read('train.ts').replace("'model ' + params.lr", '`model ${params.lr}`'));

async function accept(
  project: TraceProject,
  targets: string,
  { because = 'only renamed', settings = {} }: { because?: string; settings?: Partial<PipelineSettings> } = {},
): Promise<AcceptAnswer | string[]> {
  const opened = await project.open(settings);
  try {
    return await opened.accept(targets.split(' '), because);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return error.diagnostics.map(({ code, message }) => `${code}: ${message}`);
  } finally {
    await opened.close();
  }
}

const kinds = (answer: AcceptAnswer | string[]) =>
  Array.isArray(answer)
    ? answer
    : answer.tasks.map(({ task, kind, items }) => `${task} ${kind}${items ? ` ${items}` : ''}`);

test('a refactored training is accepted: nothing runs again, and why, lineage and the record tell it', () =>
  afterRun(async (project) => {
    refactor(project);
    assert.deepEqual(await project.plan(), [
      'reuse shrink',
      'run folds@0',
      'run folds@1',
      'wait predict for folds@0 folds@1',
    ]);
    assert.deepEqual(kinds(await accept(project, 'folds')), ['folds@0 accepted', 'folds@1 accepted']);
    for (let round = 0; round < 3; round += 1) assert.deepEqual(await project.run(), quiet);
    assert.equal(project.read('runs.log'), '');
    assert.deepEqual(kinds(await accept(project, 'folds@1')), ['folds@1 known']);

    const why = await ask(project, (opened) => opened.why({ reference: 'folds@0' }));
    assert.deepEqual(why[0]?.changes, [{ kind: 'accepted', because: 'only renamed' }]);
    const node: LineageNode = await ask(project, (opened) => opened.lineage('folds@0'));
    assert.equal(node.made?.accepted?.length, 1);
    assert.notEqual(node.made?.accepted?.[0]?.of, node.made?.key);

    // Another round of it is added to the first, also once artifacts/ is gone.
    project.write(
      'train.ts',
      project.read('train.ts').replace('`model ${params.lr}`', "['model', params.lr].join(' ')"),
    );
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    await accept(project, 'folds', { because: 'again' });
    assert.deepEqual(
      await project.run(),
      quiet.map((line) => line.replace('reused', 'restored')),
    );
    const later = await ask(project, (opened) => opened.lineage('folds@0'));
    assert.deepEqual(
      later.made?.accepted?.map(({ because }) => because),
      ['only renamed', 'again'],
    );
    assert.equal(project.read('runs.log'), '');
  }));

test('what is another than the code is refused by name, and nothing is written', () =>
  afterRun(async (project) => {
    refactor(project);
    const refused = async (settings: Partial<PipelineSettings> = {}) =>
      kinds(await accept(project, 'folds@0', { settings }));
    const sentence = (what: string) =>
      `not-only-code: more than the code of folds@0 is another than for its last result: ${what}`;
    assert.deepEqual(await refused({ set: [{ path: 'lr', value: 2 }] }), [sentence('parameter lr')]);
    project.write('weights.bin', 'others');
    assert.deepEqual(await refused(), [sentence('file of with.weights')]);
    project.write('weights.bin', 'weights');

    project.write('photos/a.jpg', 'changed');
    assert.deepEqual(await refused(), [
      'not-known-yet: what folds@0 would be made of is not known before shrink is done',
    ]);
    await project.run('shrink');
    assert.deepEqual(await refused(), [sentence('input photos')]);
    const out = project.read('pipeline.yaml').replace('model: model.txt', 'model: m.txt');
    project.write('pipeline.yaml', out);
    assert.deepEqual(await refused(), [sentence('input photos, output model')]);
    assert.deepEqual(await project.run('folds@0'), ['reused shrink', 'ran folds@0']);
  }));

test('what was never made cannot be accepted, and one fault keeps all of them from being', () =>
  inProject(files, async (project) => {
    assert.deepEqual(kinds(await accept(project, 'shrink')), ['never-made: shrink has never been made']);
    await project.run('folds@0');
    refactor(project);
    assert.deepEqual(kinds(await accept(project, 'folds')), ['never-made: folds@1 has never been made']);
    assert.deepEqual(await project.plan('folds@0'), ['reuse shrink', 'run folds@0']);
    assert.deepEqual(kinds(await accept(project, 'nothing')), ["unknown-stage: there is no stage 'nothing'"]);
  }));

test('items are accepted one by one: what came or changed meanwhile is made, and only that', () =>
  afterRun(async (project) => {
    project.write('shrink.sh', 'cat <"$1"\n');
    refactor(project);
    assert.deepEqual(kinds(await accept(project, 'shrink folds')), [
      'shrink accepted 2',
      'folds@0 accepted',
      'folds@1 accepted',
    ]);
    assert.deepEqual(await project.run(), quiet);

    project.write('shrink.sh', 'cat < "$1" # again\n');
    project.write('photos/c.jpg', 'C');
    assert.deepEqual(kinds(await accept(project, 'shrink')), ['shrink items 2']);
    assert.deepEqual((await project.run('shrink')).slice(0, 1), ['ran shrink: 1 made, 2 reused, 0 skipped']);
    assert.equal(project.read('runs.log'), 'shrink\n');
    const node = await ask(project, (opened) => opened.lineage('shrink'));
    assert.equal(node.made?.accepted?.length, 2, 'the record that gathers accepted items says so');
  }));

test('an edited view is left to the next run, which keeps it aside', () =>
  afterRun(async (project) => {
    refactor(project);
    project.write('artifacts/folds/fold=0/model.txt', 'mine');
    await accept(project, 'folds');
    assert.equal(project.read('artifacts/folds/fold=0/model.txt'), 'mine');
    const lines = await project.run();
    assert.match(lines.join('\n'), /artifacts\/folds\/fold=0\/model.txt was changed by hand; your version is kept as/);
    assert.equal(project.read('artifacts/folds/fold=0/model.txt'), 'model 10');
    assert.equal(project.read('runs.log'), '');
  }));
