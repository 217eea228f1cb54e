import assert from 'node:assert/strict';
import { test } from 'node:test';
import { main } from '../../engine/cli/main.ts';
import { createCliProject } from './cli-project.ts';
import { createTestConsole } from './test-console.ts';

const pipeline = `
confirm: 0.2 s
stages:
  train: { matrix: { fold: [0, 1] }, run: 'sleep 0.3; sh train.sh > \${out}', code: [train.sh], out: model.txt }
  predict: { run: 'cat \${in.models} > \${out}', in: { models: [train] }, out: predict.txt }
`;
const files = { 'pipeline.yaml': pipeline, 'train.sh': 'echo one' };

test('without a terminal a costly run for edited code is refused with its price; --yes, accept and --keep go on', () => {
  const { flow, write, read } = createCliProject(files);
  assert.equal(flow('run').status, 0, 'a first run is not asked about');
  write('train.sh', 'echo two');
  const refused = flow('run', 'predict');
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /code was edited: at most [\d.]+ s of work would be done again/);
  assert.match(refused.stderr, /^ *train \(2 tasks\): [\d.]+ s, code file train\.sh changed$/m);
  assert.match(refused.stderr, /^ *and below, where results turn out to be others: predict$/m);
  assert.match(refused.stderr, /flow accept train --because/);
  assert.match(refused.stderr, /flow run predict --keep train$/m);
  assert.match(refused.stderr, /to go on without being asked: --yes$/m);
  assert.equal(JSON.parse(flow('run', '--json').stdout).diagnostics[0].code, 'not-confirmed');
  assert.equal(read('artifacts/predict/predict.txt'), 'one\none\n');

  assert.match(flow('run', 'predict', '--keep', 'train').stdout, /^kept by choice: train@0, train@1$/m);
  assert.equal(flow('run', '--yes').status, 0);
  assert.equal(read('artifacts/predict/predict.txt'), 'two\ntwo\n');
  write('train.sh', 'echo "two"');
  assert.equal(flow('accept', 'train', '--because', 'quotes').status, 0);
  assert.match(flow('run').stdout, /up to date/);
});

test('at a terminal the price is shown and asked about', async () => {
  const { flow, write, root, read } = createCliProject(files);
  flow('run');
  write('train.sh', 'echo two');
  const answers = ['', 'no', 'y'];
  const questions: string[] = [];
  const runs = async () => {
    const console = createTestConsole({ cwd: root });
    const ask = async (question: string) => {
      questions.push(question);
      return answers.shift() ?? '';
    };
    const listenForInterrupts = () => ({
      signal: new AbortController().signal,
      onFirst: () => {},
      onSecond: () => {},
    });
    return { status: await main(['run'], { console: { ...console, ask }, listenForInterrupts }), ...console.written() };
  };
  for (const _ of ['', 'no']) {
    const declined = await runs();
    assert.equal(declined.status, 2);
    assert.match(declined.err, /code was edited: at most .*\n[\s\S]*nothing was run/);
  }
  assert.equal(read('artifacts/predict/predict.txt'), 'one\none\n');
  const agreed = await runs();
  assert.equal(agreed.status, 0, agreed.err);
  assert.equal(read('artifacts/predict/predict.txt'), 'two\ntwo\n');
  assert.deepEqual(questions, Array(3).fill('Go on? [y/N] '));
});
