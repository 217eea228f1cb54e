import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderDiff } from '../../engine/cli/render/diff.ts';
import { colourless } from '../../engine/cli/render/paint.ts';
import { renderTries, sortTries, tabulateTries } from '../../engine/cli/render/tries.ts';
import type { DiagnosticError } from '../../engine/model/diagnostic.ts';
import { ask, inProject, type TraceProject } from './project.ts';

const wide = { paint: colourless, size: () => ({ columns: 200, rows: 24 }) };

const pipeline = `
vars: { lr: 0.1, size: 3 }
stages:
  train: { run: 'echo trained; echo \${with.lr} \${with.size} > \${out}', with: { lr: $lr, size: $size }, out: model.txt }
  score:
    run: 'read lr size < \${in.model}; echo "{ \\"best\\": { \\"mAP\\": $lr } }" > \${out.score}; printf "photo,p\\na,%s\\nb,1\\n" $lr > \${out.rows}'
    in: { model: train }
    out: { score: score.json, rows: rows.csv }
    rows: { rows: photo }
    metrics: { score: [best.mAP] }
  folder: { run: 'mkdir -p \${out}; cp \${in.model} \${out}/a; printf "\\\\000\\\\377" > \${out}/b', in: { model: train }, out: folder/ }
`;

const settings = (lr: number, size = 3) => ({
  settings: {
    set: [
      { path: 'lr', value: lr },
      { path: 'size', value: size },
    ],
  },
});

/** Three variants, of which the first is what pipeline.yaml says. */
async function threeTries(project: TraceProject): Promise<void> {
  await project.run();
  await project.run('', settings(0.25));
  await project.run('', settings(0.125, 4));
}

test('tries list each variant once with its figures, the parameters that differ, and which one is now', () =>
  inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    await threeTries(project);
    await project.run();
    await project.run('', { force: ['score'] });
    const answer = await ask(project, (opened) => opened.tries([]));
    assert.deepEqual(answer.stages, ['score']);
    const best = sortTries(answer, 'mAP');
    assert.ok(!('severity' in best));
    assert.deepEqual(
      best.map(({ parameters, metrics, isNow }) => ({ ...parameters, ...metrics, isNow })),
      [
        { 'train.lr': 0.25, 'train.size': 3, 'score.best.mAP': 0.25, isNow: false },
        { 'train.lr': 0.125, 'train.size': 4, 'score.best.mAP': 0.125, isNow: false },
        { 'train.lr': 0.1, 'train.size': 3, 'score.best.mAP': 0.1, isNow: true },
      ],
    );
    assert.equal(tabulateTries(best).split('\n')[1]?.split(',').slice(5).join(), 'no,0.25,0.25,3');
    const wrong = sortTries(answer, 'mapp');
    assert.ok('severity' in wrong && wrong.code === 'command-line');
    await assert.rejects(
      ask(project, (opened) => opened.tries(['scor'])),
      /there is no stage 'scor'/,
    );
  }));

test('without figures tries are those of what a run is asked for in the end', () =>
  inProject({ 'pipeline.yaml': pipeline.replace(/ +metrics: .*\n/, '') }, async (project) => {
    await threeTries(project);
    const answer = await ask(project, (opened) => opened.tries([]));
    assert.deepEqual(answer.stages, ['score', 'folder']);
    assert.deepEqual(
      answer.tries.filter(({ task }) => task === 'folder').map(({ parameters, metrics }) => [parameters, metrics]),
      [
        [{ 'train.lr': 0.125, 'train.size': 4 }, {}],
        [{ 'train.lr': 0.25, 'train.size': 3 }, {}],
        [{ 'train.lr': 0.1, 'train.size': 3 }, {}],
      ],
    );
    const shown = renderTries(answer, { paint: colourless, size: () => ({ columns: 100, rows: 9 }) }, Date.now());
    assert.match(shown, /metrics: \{ score: \[mAP\] \}/);
    project.write('pipeline.yaml', `default: train\n${project.read('pipeline.yaml')}`);
    assert.deepEqual((await ask(project, (opened) => opened.tries([]))).stages, ['train']);
  }));

test('runs are listed with what they were asked for; one that did nothing leaves no trace', () =>
  inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    await threeTries(project);
    await project.run('', settings(0.125, 4));
    const runs = await ask(project, (opened) => opened.runs(20));
    assert.deepEqual(
      runs.map(({ settings: { set }, summary }) => [set.map(({ value }) => value), summary?.ran]),
      [
        [[0.125, 4], 3],
        [[0.25, 3], 3],
        [[], 3],
      ],
    );
    const [newest] = await ask(project, (opened) => opened.runs(1));
    assert.equal(newest?.run, runs[0]?.run);
  }));

test('two runs differ in causes, figures and rows; what only follows is told apart', () =>
  inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    await threeTries(project);
    const [third, , first] = await ask(project, (opened) => opened.runs(3));
    const answer = await ask(project, (opened) => opened.diff(first?.run ?? '', third?.run ?? ''));
    assert.equal(
      renderDiff(answer, wide).replaceAll(/took .*/g, 'took'),
      `settings: none → --set lr=0.125 --set size=4
train
  ~ with.lr 0.1 → 0.125
  ~ with.size 3 → 4
  took
score
  other inputs, from the tasks above it
  score.best.mAP 0.1 → 0.125  (+0.025)
  rows: rows 1 changed, 1 the same
    a: p 0.1 → 0.125
  took
folder
  other inputs, from the tasks above it
  output: 1 changed (a)
  took
`,
    );
    const run = first?.run ?? '';
    for (const [before, after] of [
      [run, 'score.rows'],
      ['score.rows', run],
    ] as const) {
      await assert.rejects(
        ask(project, (opened) => opened.diff(before, after)),
        (error: DiagnosticError) => error.diagnostics[0]?.message === `'${run}' is a run, and 'score.rows' is none`,
      );
    }
    const same = await ask(project, (opened) => opened.diff(first?.run ?? '', first?.run ?? ''));
    assert.deepEqual([same.results.length, same.same], [0, 3]);
    const rows = await ask(project, (opened) => opened.diff(`${first?.run}:score.rows`, 'score.rows'));
    assert.deepEqual(
      rows.results[0]?.outputs.map(({ name, rows: changes }) => [name, changes?.changed.length]),
      [['rows', 1]],
    );
  }));

test('an artifact of any run is written byte for byte, a file of a folder by its path or its name', () =>
  inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    await threeTries(project);
    const text = (artifact: string) =>
      ask(project, async (opened) => Buffer.from(await opened.cat(artifact)).toString('latin1'));
    const [, second] = await ask(project, (opened) => opened.runs(3));
    assert.equal(await text('train'), '0.125 4\n');
    assert.equal(await text(`${second?.run}:train`), '0.25 3\n');
    assert.equal(await text('folder#b'), '\x00\xff');
    assert.equal(await text('artifacts/folder/folder/a'), '0.125 4\n');
    await assert.rejects(text('folder'), /is a folder of 2 files/);
    await assert.rejects(text('folder#c'), /holds no 'c'/);
    // What somebody wrote over it in artifacts/ is not the artifact.
    writeFileSync(join(project.root, 'artifacts/train/model.txt'), 'mine');
    assert.equal(await text('train'), '0.125 4\n');
    const under = async (lr: number) => {
      const opened = await project.open(settings(lr).settings);
      try {
        return Buffer.from(await opened.cat('train')).toString('latin1');
      } finally {
        await opened.close();
      }
    };
    assert.equal(await under(0.25), '0.25 3\n');
    await assert.rejects(under(0.5), /train is not known under these settings: it would run/);
  }));

test('the log lists what was made, and shows what a stage printed, also in a run', () =>
  inProject({ 'pipeline.yaml': pipeline }, async (project) => {
    await threeTries(project);
    const list = await ask(project, (opened) => opened.log(undefined, 4));
    assert.equal(list.length, 4);
    const [, , first] = await ask(project, (opened) => opened.runs(3));
    const [entry] = await ask(project, (opened) => opened.log(`${first?.run}:train`, 20));
    assert.deepEqual([entry?.run, entry?.text], [first?.run, 'trained\n']);
  }));
