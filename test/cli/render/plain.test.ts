import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoard } from '../../../engine/cli/render/board.ts';
import { createPlainDisplay } from '../../../engine/cli/render/plain.ts';
import type { RunEvent } from '../../../engine/model/event.ts';
import type { TaskName } from '../../../engine/model/names.ts';
import { createTestConsole } from '../test-console.ts';

const task = 'folds@0' as TaskName;

function play(events: readonly (RunEvent | number)[]): string[] {
  const console = createTestConsole();
  const display = createPlainDisplay({
    output: console.out,
    board: createBoard(),
    now: console.now,
    nameFile: (path) => `../${path}`,
    renderDiagnostics: () => 'labels.csv: error: one\n\n2 errors\n',
  });
  for (const event of events) {
    if (typeof event === 'number') console.advance(event);
    else display.show(event);
  }
  display.close();
  return console.written().out.split('\n').slice(0, -1);
}

const epoch = (done: number): RunEvent => ({
  kind: 'progress',
  task,
  done,
  total: 6,
  unit: 'epoch',
  note: `mAP 0.9${done}`,
});

test('a task is told when it starts and ends, and its progress at most every few seconds', () => {
  const because = [
    { kind: 'changed', path: 'with.recipe.lr', before: 2e-4, after: 1e-4 },
    { kind: 'changed', path: 'in.photos.digest', before: 'a', after: 'b' },
    { kind: 'changed', path: 'platform.node', before: 20, after: 22 },
  ] as const;
  const lines = play([
    { kind: 'started', task, because, attempt: 1, at: 0 },
    2000,
    epoch(1),
    2000,
    epoch(2),
    2000,
    epoch(3),
    1000,
    epoch(4),
    { kind: 'finished', task, seconds: 12, same: false },
  ]);
  assert.deepEqual(lines, [
    'folds@0: started (lr 0.0002 → 0.0001, photos changed and 1 more change)',
    'folds@0: 3 of 6 epochs, 6 s left, 2.0 s/epoch, mAP 0.93',
    'folds@0: done in 12 s: lr 0.0002 → 0.0001, photos changed and 1 more change',
  ]);
});

test('a later count is not judged by the time that went into the one before it', () => {
  const count = (done: number, total: number, unit: string): RunEvent => ({
    kind: 'progress',
    task,
    done,
    total,
    unit,
  });
  const lines = play([
    { kind: 'started', task, because: [{ kind: 'forced' }], attempt: 1, at: 0 },
    20_000,
    count(200, 300, 'photo'),
    10_000,
    count(1, 50, 'picture'),
    5000,
    count(26, 50, 'picture'),
  ]);
  assert.deepEqual(lines, [
    'folds@0: started (forced)',
    'folds@0: 200 of 300 photos, 10 s left, 10 photos/s',
    'folds@0: 1 of 50 pictures',
    'folds@0: 26 of 50 pictures, 5 s left, 5 pictures/s',
  ]);
});

test('a failed attempt says that another follows, and the last one shows all', () => {
  const failure = { kind: 'timeout', seconds: 90 } as const;
  const lines = play([
    { kind: 'started', task, because: [{ kind: 'forced' }], attempt: 1, at: 0 },
    90_000,
    { kind: 'failed', task, failure, logTail: [], retrying: true },
    { kind: 'started', task, because: [], attempt: 2, at: 0 },
    90_000,
    { kind: 'failed', task, failure, logTail: ['epoch 1'], logFile: 'log', retrying: false },
  ]);
  const title = 'stopped, since it took longer than its timeout of 1 min 30 s';
  assert.deepEqual(lines, [
    'folds@0: started (forced)',
    `folds@0: failed after 1 min 30 s: ${title}, trying again`,
    "    'timeout' of the stage sets another",
    'folds@0: started (attempt 2)',
    `folds@0: failed after 1 min 30 s: ${title}`,
    '    │ epoch 1',
    "    'timeout' of the stage sets another",
    '    the whole log: ../log',
  ]);
});

test('diagnostics of a task are shown as those of the pipeline are', () => {
  const lines = play([
    { kind: 'failed', task, failure: { kind: 'diagnostics', diagnostics: [] }, logTail: [], retrying: false },
    { kind: 'notice', text: 'labels.csv was edited and now lies in .flow/edited/' },
  ]);
  assert.deepEqual(lines, [
    'folds@0: failed: its inputs are not right',
    '    labels.csv: error: one',
    '    ',
    '    2 errors',
    'labels.csv was edited and now lies in .flow/edited/',
  ]);
});
