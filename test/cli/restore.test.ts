import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCliProject } from './cli-project.ts';

const pipeline = `
vars: { lr: 1e-3 }   # the rate
stages:
  train: { run: 'test ! -e no-more; sed "s/^/$(cat text.txt) /" text.txt | sed "s/.*/{ \\"mAP\\": \${with.lr} }/" > \${out}', in: { text: text.txt }, with: { lr: $lr }, out: score.json, metrics: [mAP] }
`;

test('flow restore writes the best of several tries back, and the next run brings it from the store', () => {
  const { flow, write, read } = createCliProject({ 'pipeline.yaml': pipeline, 'text.txt': 'x' });
  for (const rate of ['1e-3', '3e-4', '1e-4']) assert.equal(flow('run', '--set', `lr=${rate}`).status, 0);
  write('no-more', '');
  const { tries } = JSON.parse(flow('tries', '--sort', 'mAP', '--json').stdout);
  const [, second] = tries as { name: string; metrics: { 'out.mAP': number } }[];
  assert.equal(second?.metrics['out.mAP'], 3e-4);
  const name = second?.name ?? '';

  const shown = flow('restore', name, '--dry-run');
  assert.equal(
    shown.stdout,
    [
      'pipeline.yaml:2',
      '- vars: { lr: 1e-3 }   # the rate',
      '+ vars: { lr: 3e-4 }   # the rate',
      `not written: flow run train brings ${name} back without running anything`,
      '',
    ].join('\n'),
  );
  assert.equal(read('pipeline.yaml'), pipeline);
  const written = flow('restore', name);
  assert.equal(written.status, 0, written.stderr);
  assert.match(written.stdout, /^written: flow run train brings/m);
  assert.equal(read('pipeline.yaml'), pipeline.replace('1e-3', '3e-4'));
  assert.match(flow('run').stdout, /up to date: 1 task, 1 brought back/);
  assert.equal(read('artifacts/train/score.json'), '{ "mAP": 0.0003 }');
  assert.match(flow('restore', name).stdout, /^pipeline.yaml asks for it already: artifacts\/ shows/);

  write('text.txt', 'y');
  const refused = flow('restore', tries[0].name);
  assert.deepEqual([refused.status, refused.stdout], [2, '']);
  assert.match(refused.stderr, /more than parameters differs.*\[not-confirmed\]/);
  assert.match(
    refused.stderr,
    /train is not as it was\s+~ input text changed\s+to write its parameters all the same: --yes/,
  );
  assert.equal(read('pipeline.yaml'), pipeline.replace('1e-3', '3e-4'));
  assert.match(flow('restore', tries[0].name, '--yes').stdout, /makes it again, with the parameters of/);
  assert.equal(read('pipeline.yaml'), pipeline);
  assert.match(flow('restore', 'nonsense').stderr, /'nonsense' names no try/);
});
