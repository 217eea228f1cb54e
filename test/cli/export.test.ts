import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCliProject } from './cli-project.ts';

const pipeline = `
vars: { export: { model: train.model, to: plain } }
stages:
  train: { run: [sh, -c, 'echo weights > "$0"', "\${out.model}"], out: { model: model.bin } }
  export:
    run: [sh, -c, 'echo "$1" > "$2"; cat "$0" >> "$2"', "\${in.model}", "\${with.to}", "\${out}"]
    in: { model: $export.model }
    with: { to: $export.to }
    out: exported.txt
`;

test('a model of the pipeline, or a file, is handed to the stage that exports', () => {
  const { flow, write, read } = createCliProject({ 'pipeline.yaml': pipeline });
  assert.equal(flow('export', 'train.model', '--to', 'other').status, 0);
  assert.equal(read('artifacts/export/exported.txt'), 'other\nweights\n');
  write('old/model.bin', 'older\n');
  assert.equal(flow('export', './old/model.bin').status, 0);
  assert.equal(read('artifacts/export/exported.txt'), 'plain\nolder\n');
  const { status, stderr } = flow('export', 'trian.model');
  assert.equal(status, 2);
  assert.match(stderr, /train/);
});
