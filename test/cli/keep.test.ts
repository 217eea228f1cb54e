import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCliProject } from './cli-project.ts';

const pipeline = `
stages:
  train: { run: 'cat \${in.photos} > \${out}', in: { photos: photos.txt }, out: model.txt }
  tune: { run: 'cat \${in.model} > \${out}', in: { model: train }, out: tuned.txt }
  predict: { run: 'cat \${in.model} \${in.test} > \${out}', in: { model: tune, test: test.txt }, out: predict.txt }
`;

test('flow run --keep uses last results, and plan, summary, status and lineage say so', () => {
  const { flow, write, read } = createCliProject({ 'pipeline.yaml': pipeline, 'photos.txt': 'a', 'test.txt': '1' });
  const never = flow('run', 'predict', '--keep', 'tune');
  assert.equal(never.status, 2);
  assert.match(never.stderr, /tune has never been made.*\n\s+flow run tune makes it/);
  flow('run');
  write('photos.txt', 'b');
  write('test.txt', '2');
  assert.match(
    flow('plan', 'predict', '--keep', 'tune').stdout,
    /^keep +tune +its result of just now, by choice\nrun +predict/,
  );
  const kept = flow('run', 'predict', '--keep=train,tune');
  assert.equal(kept.status, 0, kept.stderr);
  assert.match(kept.stdout, /^predict is done: 1 task ran, 1 kept by choice; .*\nkept by choice: tune$/m);
  assert.equal(read('artifacts/predict/predict.txt'), 'a2');
  assert.match(flow('status').stdout, /^✓ tune .*kept by choice$/m);
  assert.match(flow('lineage', 'predict').stdout, /tuned\.txt.*kept by choice$/m);
  assert.match(flow('run', 'predict', '--keep', 'tune').stdout, /^predict is done: 2 tasks, nothing to do.*\nkept by/);
  assert.match(flow('run', 'predict').stdout, /^predict is done: 3 tasks ran/m);
  assert.equal(read('artifacts/predict/predict.txt'), 'b2');
  assert.doesNotMatch(flow('status').stdout, /kept/);
});
