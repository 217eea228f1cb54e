import assert from 'node:assert/strict';
import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StatusAnswer } from '../../engine/model/inspection.ts';
import { inProject, type TraceProject } from './project.ts';

// New photos for old models: kept stages go on with their last results, whatever changed above or in them.

const files = {
  'pipeline.yaml': `
vars: { lr: 1 }
stages:
  shrink: { each: { photo: photos }, run: 'cat \${photo.path} > \${out}; echo shrink >> runs.log', out: '\${photo.id}' }
  folds:
    matrix: { fold: [0, 1] }
    run: 'cat \${in.photos}/* > \${out}; echo \${with.lr} >> \${out}; sh train.sh >> \${out}; echo train >> runs.log'
    code: [train.sh]
    in: { photos: shrink }
    with: { lr: $lr }
    out: model.txt
  choice: { run: 'echo "[{ \\"fold\\": 1 }]" > \${out}', out: choice.json }
  predict:
    run: 'cat \${in.models} \${in.test}/* > \${out}; echo predict >> runs.log'
    in: { models: { from: folds, only: choice }, test: tests }
    out: predict.txt
`,
  'train.sh': 'true\n',
  'photos/a.jpg': 'A',
  'tests/t.jpg': 'T',
};
const keep = ['folds'];
const never = ['shrink', 'train'];

async function afterRun(body: (project: TraceProject) => Promise<void>): Promise<void> {
  await inProject(files, async (project) => {
    await project.run();
    await project.run();
    await project.run();
    project.write('runs.log', '');
    await body(project);
  });
}

const work = (project: TraceProject) => project.read('runs.log').split('\n').slice(0, -1);

async function status(project: TraceProject): Promise<StatusAnswer> {
  const opened = await project.open();
  try {
    return await opened.status();
  } finally {
    await opened.close();
  }
}

const keptNow = async (project: TraceProject) =>
  (await status(project)).tasks.filter(({ kept }) => kept).map(({ task }) => task);

test('kept stages are used as they are, what stands only above them is not run, and later runs decide afresh', () =>
  afterRun(async (project) => {
    project.write('photos/b.jpg', 'B');
    project.write('train.sh', 'echo new\n');
    project.write('tests/u.jpg', 'U');
    const lines = await project.run('predict', { keep });
    assert.deepEqual(lines, ['reused choice', 'reused folds@1', 'ran predict']);
    assert.deepEqual(work(project), ['predict']);
    assert.equal(project.read('artifacts/predict/predict.txt'), 'A1\nTU');
    const events = project.events().filter((event) => event.kind === 'reused' && event.kept);
    assert.equal(events.length, 1);
    const end = project.events().at(-1);
    assert.ok(end?.kind === 'run-finished' && end.summary.kept === 1 && end.summary.reused === 1);
    assert.deepEqual(await keptNow(project), ['folds@1']);

    const opened = await project.open();
    const models = (await opened.lineage('predict')).inputs.find(({ name }) => name === 'models');
    await opened.close();
    assert.equal(models?.kept, true, 'the record of what was made from it says so for ever');

    // Twice, since the first run is not remembered as one that stands for the pipeline as it is.
    assert.deepEqual(await project.run('predict', { keep }), ['reused choice', 'reused folds@1', 'reused predict']);
    assert.deepEqual(await project.run('predict', { keep }), ['reused choice', 'reused folds@1', 'reused predict']);
    const afresh = await project.run('predict');
    assert.deepEqual(afresh.slice(1), ['ran shrink: 1 made, 1 reused, 0 skipped', 'ran folds@1', 'ran predict']);
    assert.equal(project.read('artifacts/predict/predict.txt'), 'AB1\nnew\nTU');
    assert.deepEqual(await keptNow(project), []);
  }));

test('a quiet run that is remembered does not answer for one that keeps, nor the other way round', () =>
  afterRun(async (project) => {
    assert.deepEqual(await project.run('', { keep }), [
      'reused shrink',
      'reused choice',
      'reused folds@0',
      'reused folds@1',
      'reused predict',
    ]);
    assert.deepEqual(await keptNow(project), ['folds@0', 'folds@1']);
    const lines = await project.run();
    assert.deepEqual(lines.slice().sort(), [
      'restored folds@0',
      'restored folds@1',
      'reused choice',
      'reused predict',
      'reused shrink',
    ]);
    assert.deepEqual(await keptNow(project), [], 'they are what a run without the choice shows');
    assert.deepEqual(work(project), []);
  }));

test('what is kept is brought back where artifacts/ lacks it, and edits are kept aside', () =>
  afterRun(async (project) => {
    project.write('train.sh', 'echo new\n');
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    assert.deepEqual(await project.run('predict', { keep }), ['restored choice', 'reused folds@1', 'restored predict']);
    assert.equal(project.read('artifacts/folds/fold=1/model.txt'), 'A1\n');
    project.write('artifacts/folds/fold=1/model.txt', 'mine');
    assert.match((await project.run('predict', { keep })).join('\n'), /model\.txt was changed by hand; your version/);
    assert.equal(project.read('artifacts/folds/fold=1/model.txt'), 'A1\n');
    assert.deepEqual(work(project), []);
  }));

test('broken code and missing sources above and in kept stages are no hindrance', () =>
  afterRun(async (project) => {
    rmSync(join(project.root, 'photos'), { recursive: true });
    rmSync(join(project.root, 'train.sh'));
    project.write('tests/u.jpg', 'U');
    assert.deepEqual(await project.run('predict', { keep }), ['reused choice', 'reused folds@1', 'ran predict']);
    assert.deepEqual(work(project), ['predict']);
  }));

test('what cannot be kept is said before the run', async () => {
  await inProject(files, async (project) => {
    assert.deepEqual(await project.run('folds', { keep: ['folds@1'] }), [
      'nothing-to-keep: folds@1 has never been made, so that there is nothing to keep',
    ]);
    // Only by its choice does predict ask for a fold.
    assert.deepEqual(await project.run('predict', { keep }), [
      'ran choice',
      'failed folds@1: nothing-to-keep',
      'blocked predict by folds@1',
    ]);
    assert.deepEqual(await project.run('predict', { keep: ['fold'] }), ["unknown-stage: there is no stage 'fold'"]);
    await project.run('folds');
    assert.match((await project.run('folds', { keep, force: ['folds@0'] })).join(), /^command-line: folds@0 cannot be/);
    project.write('pipeline.yaml', project.read('pipeline.yaml').replace('out: model.txt', 'out: model/'));
    assert.deepEqual((await project.run('folds', { keep })).slice(0, 1), [
      "nothing-to-keep: output 'out' of the last result of folds@0 is a file, where the pipeline names a folder, so that it cannot be kept",
    ]);
  });
});

test('a kept result whose stored file is damaged is neither used nor made again', () =>
  afterRun(async (project) => {
    rmSync(join(project.root, 'artifacts'), { recursive: true });
    const objects = join(project.root, '.flow/objects');
    for (const name of readdirSync(objects, { recursive: true, encoding: 'utf8' })) {
      const path = join(objects, name);
      if (!statSync(path).isFile() || !/^A1\n$/.test(project.read(`.flow/objects/${name}`))) continue;
      chmodSync(path, 0o644);
      writeFileSync(path, 'A2\n');
    }
    const lines = await project.run('predict', { keep });
    assert.deepEqual(lines.slice(1), ['failed folds@1: kept-damaged', 'blocked predict by folds@1']);
    assert.deepEqual(work(project), []);
    assert.deepEqual((await project.run('predict')).at(-1), 'reused predict'.replace('reused', 'restored'));
    assert.ok(work(project).every((line) => never.includes(line)));
  }));
