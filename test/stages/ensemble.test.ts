import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import ensemble from '../../stages/ensemble.ts';
import { makeFolder, runStage, writeFiles } from './run-stage.ts';

/** Four board photos; `right` tells them apart, the others mistake one or two. */
const tables: Readonly<Record<string, string>> = {
  right: 'photo,part,a,b\n1,board,2,0\n2,board,2,0\n3,board,0,2\n4,board,0,2\n5,oof,9,0\n',
  half: 'photo,part,a,b\n4,board,0,2\n3,board,2,0\n2,board,0,2\n1,board,2,0\n6,oof,0,9\n',
  wrong: 'photo,part,a,b\n1,board,0,2\n2,board,0,2\n3,board,2,0\n4,board,2,0\n7,oof,9,0\n',
};

async function chosen(folder: string, params: { atLeast: number; atMost?: number }) {
  await writeFiles(folder, {
    'labels.csv': 'photo,label,turn\n1,a,0\n2,a,0\n3,b,0\n4,b,0\n5,a,0\n6,b,0\n7,a,0\n',
    'split.csv': 'photo,part,fold\n1,board,\n2,board,\n3,board,\n4,board,\n5,fold,0\n6,fold,1\n7,fold,2\n',
    ...Object.fromEntries(Object.entries(tables).map(([name, table]) => [`${name}.csv`, table])),
  });
  const logits = ['half', 'right', 'wrong'].map((name, fold) => ({
    path: `${folder}/${name}.csv`,
    stage: fold === 2 ? 'folds2' : 'folds',
    matrix: { fold },
    out: 'logits',
  }));
  const inputs = { logits, labels: `${folder}/labels.csv`, split: `${folder}/split.csv` };
  const { outputs } = await runStage(ensemble, { params, inputs, folder });
  return {
    choice: JSON.parse(await readFile(outputs.choice as string, 'utf8')),
    board: await readFile(outputs.board as string, 'utf8'),
    calibration: JSON.parse(await readFile(outputs.calibration as string, 'utf8')),
  };
}

test('the best choice is a list of matrix values, and the board lists every one', async (context) => {
  const { choice, board, calibration } = await chosen(await makeFolder(context), { atLeast: 1, atMost: 3 });
  assert.deepEqual(choice, [{ round: 'folds', fold: 1 }]);
  const rows = board.trim().split('\n');
  assert.equal(rows[0], 'members,count,mAP,logLoss,low,high,wins');
  // The smaller log loss of a right logit of 2 beside 0.
  assert.match(rows[1] as string, /^folds@1,1,1,0\.126928/);
  assert.equal(rows.length, 8);
  assert.match(board, /\nfolds@0 folds@1 folds2@2,3,/);
  assert.deepEqual([calibration.mAP, calibration.photos, calibration.leftOut], [1, 4, []]);
  const { choices, mAP, interval, optimism, honest } = calibration.choosing;
  assert.deepEqual([choices, mAP, interval], [7, 1, [1, 1]]);
  assert.ok(Math.abs(mAP - optimism - honest) < 1e-12 && honest > 0.5 && honest <= 1);
});

test('three models named by hand are exactly these', async (context) => {
  const { choice, board } = await chosen(await makeFolder(context), { atLeast: 3 });
  assert.deepEqual(choice, [
    { round: 'folds', fold: 0 },
    { round: 'folds', fold: 1 },
    { round: 'folds2', fold: 2 },
  ]);
  assert.equal(board.trim().split('\n').length, 2);
});

test('an empty board leaves nothing to choose by; all models are taken as they are', async (context) => {
  const folder = await makeFolder(context);
  await chosen(folder, { atLeast: 1 });
  await writeFiles(folder, { 'split.csv': 'photo,part,fold\n1,fold,0\n2,fold,1\n' });
  const logits = ['half', 'right'].map((name, fold) => ({
    path: `${folder}/${name}.csv`,
    stage: 'folds',
    matrix: { fold },
  }));
  const inputs = { logits, labels: `${folder}/labels.csv`, split: `${folder}/split.csv` };
  await assert.rejects(runStage(ensemble, { params: { atLeast: 1 }, inputs, folder }), /The board is empty/);
  const { outputs, log } = await runStage(ensemble, { params: { atLeast: 2 }, inputs, folder });
  assert.equal(JSON.parse(await readFile(outputs.choice as string, 'utf8')).length, 2);
  const { temperature, mAP } = JSON.parse(await readFile(outputs.calibration as string, 'utf8'));
  assert.ok(Math.abs(temperature - 1) < 1e-6 && mAP === null, `${temperature}, ${mAP}`);
  assert.match(log.join('\n'), /warning: the board is empty/);
});

test('a model that lacks a board photo is named', async (context) => {
  const folder = await makeFolder(context);
  await chosen(folder, { atLeast: 1 });
  await writeFiles(folder, { 'half.csv': 'photo,part,a,b\n1,board,2,0\n2,oof,2,0\n3,board,2,0\n4,board,2,0\n' });
  const logits = [{ path: `${folder}/half.csv`, stage: 'folds', matrix: { fold: 0 } }];
  const inputs = { logits, labels: `${folder}/labels.csv`, split: `${folder}/split.csv` };
  await assert.rejects(
    runStage(ensemble, { params: { atLeast: 1 }, inputs, folder }),
    /folds@0 has no logits of board photo '2'/,
  );
  assert.throws(() => ensemble.params.parse({ atLeast: 3, atMost: 2 }), /must not exceed/);
});
