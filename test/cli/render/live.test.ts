import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBoard } from '../../../engine/cli/render/board.ts';
import { createLiveDisplay } from '../../../engine/cli/render/live.ts';
import type { RunEvent } from '../../../engine/model/event.ts';
import type { RunId, TaskName } from '../../../engine/model/names.ts';
import { createTestConsole } from '../test-console.ts';
import { createScreen } from './screen.ts';

const task = (name: string) => name as TaskName;
const runStarted: RunEvent = { kind: 'run-started', run: 'r' as RunId, tasks: 4, at: 0 };
const first = [{ kind: 'first-run' }] as const;
const started = (
  name: string,
  because: RunEvent & { kind: 'started' } extends { because: infer B } ? B : never = first,
) => ({ kind: 'started', task: task(name), because, attempt: 1, at: 0 }) as const;

function openLive({ columns = 100, rows = 24 } = {}) {
  const screen = createScreen(columns);
  const console = createTestConsole({ isTerminal: true, columns, rows, onWrite: screen.write });
  const board = createBoard();
  const display = createLiveDisplay({
    output: console.out,
    board,
    now: console.now,
    nameFile: (path) => path,
    renderDiagnostics: () => 'the diagnostics\n',
  });
  return { screen, console, display };
}

test('running tasks stand at the bottom with their bar, and finished ones scroll away above', () => {
  const { screen, console, display } = openLive();
  display.show(runStarted);
  display.show(started('resize'));
  display.show(started('folds@0', [{ kind: 'changed', path: 'with.recipe.lr', before: 2e-4, after: 1e-4 }]));
  console.advance(1000);
  display.show({ kind: 'progress', task: task('resize'), done: 0, total: 240, unit: 'photo' });
  console.advance(2000);
  display.show({ kind: 'progress', task: task('resize'), done: 120, total: 240, unit: 'photo' });
  console.advance(9000);
  display.show({ kind: 'progress', task: task('folds@0'), done: 1, total: 6, unit: 'epoch', note: 'mAP 0.93' });
  display.redraw();
  assert.deepEqual(screen.rows(), [
    '  resize                 12 s  ━━━━━━━━━━──────────  120 of 240 photos  60 photos/s',
    '  folds@0                12 s  ━━━─────────────────  1 of 6 epochs  1 min left  12 s/epoch  mAP 0.93',
    '  0 of 4 tasks, 12 s',
  ]);
  assert.equal(screen.isCursorShown(), false);

  const items = { made: 3, reused: 237, skipped: 1, ignored: 0 };
  const skips = [{ id: 'a/b.jpg', reason: 'not a photo' }];
  display.show({ kind: 'finished', task: task('resize'), seconds: 12, same: false, items, skips });
  console.advance(40_000);
  display.show({ kind: 'finished', task: task('folds@0'), seconds: 52, same: true });
  display.close();
  assert.deepEqual(screen.rows(), [
    '✓ resize                 12 s  3 of 240 photos, 1 skipped, first run',
    '    skipped a/b.jpg: not a photo',
    '✓ folds@0                52 s  lr 0.0002 → 0.0001, same result',
  ]);
  assert.equal(screen.isCursorShown(), true);
});

test('a failure shows its sentence, the last lines of its log without control characters, and where the log lies', () => {
  const { screen, console, display } = openLive();
  display.show(runStarted);
  display.show(started('cutmix'));
  console.advance(3000);
  display.show({
    kind: 'failed',
    task: task('cutmix'),
    failure: { kind: 'exit', code: 3, command: 'python paste.py' },
    logTail: ['reading', '\u001b[31mno such\u001b[0m file\u0007'],
    logFile: '.flow/logs/cutmix.log',
    retrying: false,
  });
  display.close();
  assert.deepEqual(screen.rows(), [
    '✗ cutmix                3.0 s  the command ended with exit code 3',
    '    python paste.py',
    '    │ reading',
    '    │ no such file',
    '    the whole log: .flow/logs/cutmix.log',
  ]);
});

test('lines are cut to a narrow terminal, and one that becomes narrower leaves no remains', () => {
  const { screen, console, display } = openLive({ columns: 66 });
  display.show(runStarted);
  display.show(started('testLogits@round=folds2@fold=3'));
  display.show({ kind: 'progress', task: task('testLogits@round=folds2@fold=3'), done: 3, total: 60, unit: 'photo' });
  display.redraw();
  assert.deepEqual(screen.rows(), [
    '  testLogits@round=folds2@fold=3        0 s  3 of 60 photos',
    '  0 of 4 tasks, 0 s',
  ]);
  console.resize(20, 24);
  screen.resize(20);
  display.redraw();
  assert.deepEqual(screen.rows(), ['  testLogits@round=…', '  0 of 4 tasks, 0 s']);
});

test('more tasks than rows are counted, so that the lines never scroll', () => {
  const { screen, display } = openLive({ rows: 6 });
  display.show({ ...runStarted, tasks: 20 });
  for (let index = 0; index < 9; index++) display.show(started(`folds@${index}`));
  display.redraw();
  assert.equal(screen.rows().length, 5);
  assert.deepEqual(screen.rows().slice(3), ['  and 6 more running', '  0 of 20 tasks, 0 s']);
});

test('what is made ready has its line until it is ready', () => {
  const { screen, console, display } = openLive();
  const preparing = { kind: 'preparing', what: 'TensorFlow', total: 274, unit: 'MB' } as const;
  display.show(runStarted);
  display.show({ ...preparing, done: 0 });
  console.advance(1000);
  display.show({ ...preparing, done: 137 });
  display.redraw();
  assert.match(screen.rows()[0] ?? '', /^ {2}TensorFlow +1 s {2}━{10}─{10} {2}137 of 274 MB {2}1 s left {2}137 MB\/s$/);
  display.show({ ...preparing, done: 274 });
  display.redraw();
  assert.deepEqual(screen.rows(), ['  0 of 4 tasks, 1 s']);
});

test('many short tasks are drawn together', () => {
  const writes: string[] = [];
  const console = createTestConsole({ isTerminal: true, onWrite: (text) => writes.push(text) });
  const display = createLiveDisplay({
    ...{ output: console.out, board: createBoard(), now: console.now },
    ...{ nameFile: (path: string) => path, renderDiagnostics: () => '' },
  });
  for (let index = 0; index < 100; index++) {
    display.show(started(`copy${index}`));
    console.advance(1);
    display.show({ kind: 'finished', task: task(`copy${index}`), seconds: 0.001, same: false });
  }
  display.close();
  assert.ok(writes.length < 6, String(writes.length));
  assert.equal(writes.join('').split('✓').length - 1, 100);
});
