import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCliProject } from './cli-project.ts';

const pipeline = `
vars: { lr: 1 }
stages:
  train: { run: 'sh train.sh \${with.lr} > \${out}', code: [train.sh], with: { lr: $lr }, out: model.txt }
`;

test('flow accept binds the last result to new code, and lineage and why show the reason', () => {
  const { flow, write, read } = createCliProject({ 'pipeline.yaml': pipeline, 'train.sh': 'echo model "$1"' });
  flow('run');
  write('train.sh', 'echo "model $1"');
  assert.match(flow('plan').stdout, /^run +train .*code file train\.sh changed/m);

  const silent = flow('accept', 'train', '--because', ' ');
  assert.deepEqual([silent.status, silent.stdout], [2, '']);
  assert.match(silent.stderr, /needs a reason: --because 'TEXT'/);

  const accepted = flow('accept', 'train', '--because', 'one echo for another');
  assert.equal(accepted.status, 0, accepted.stderr);
  assert.match(
    accepted.stdout,
    /^train: the result of just now, [\d.]+ s of work, is accepted \(code file train\.sh changed\)\nbecause: one echo/,
  );
  assert.match(flow('run').stdout, /^The pipeline is up to date: 1 task, nothing to do/);
  assert.match(flow('lineage', 'train').stdout, /accepted as equal just now.*: one echo for another/);
  assert.match(flow('why', 'train').stdout, /^train is up to date\n {2}! accepted as equal: one echo for another/);
  assert.equal(JSON.parse(flow('lineage', 'train', '--json').stdout).made.accepted[0].because, 'one echo for another');
  assert.match(flow('accept', 'train', '--because', 'x').stdout, /nothing to accept/);
  assert.equal(read('artifacts/train/model.txt'), 'model 1\n');

  const refused = flow('accept', 'train', '--because', 'x', '--set', 'lr=2');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /more than the code of train is another than for its last result: parameter lr/);
  assert.match(refused.stderr, /take that back, or make it with flow run train/);
});
