import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourless } from '../../../engine/cli/render/paint.ts';
import { renderSummary } from '../../../engine/cli/render/summary.ts';
import type { RunSummary } from '../../../engine/model/event.ts';
import type { TaskName } from '../../../engine/model/names.ts';

const nothing: RunSummary = {
  ...{ outcome: 'done', ran: 0, reused: 0, restored: 0, kept: 0, failed: 0, blocked: 0 },
  ...{ seconds: 0.23, savedSeconds: 0 },
};

function summary(
  changes: Partial<RunSummary>,
  targets: readonly string[] = ['predict'],
  failed: string[] = [],
  blocked: string[] = [],
) {
  return renderSummary(
    { ...nothing, ...changes },
    {
      ...{ targets, kept: [], paint: colourless },
      ...{ failed: failed as TaskName[], blocked: blocked as TaskName[] },
    },
  );
}

test('a run that finds everything in place is one line', () => {
  assert.equal(summary({ reused: 23 }), 'predict is up to date: 23 tasks, nothing to do (0.2 s)\n');
  assert.equal(summary({ reused: 1 }, []), 'The pipeline is up to date: 1 task, nothing to do (0.2 s)\n');
  assert.equal(summary({ reused: 2 }, ['a', 'b']), 'a, b are up to date: 2 tasks, nothing to do (0.2 s)\n');
  const restored = 'predict is up to date: 23 tasks, 3 brought back from earlier runs (0.2 s, saved 1 min)\n';
  assert.equal(summary({ reused: 20, restored: 3, savedSeconds: 60 }), restored);
});

test('a run that worked says what ran, what was reused and the time that this saved', () => {
  const done = 'predict is done: 4 tasks ran, 18 reused, 1 brought back from earlier runs; 1 min 3 s, saved 4 min\n';
  assert.equal(summary({ ran: 4, reused: 18, restored: 1, seconds: 63, savedSeconds: 240 }), done);
});

test('a failed run names what failed and what was not run because of it', () => {
  const counts = { outcome: 'failed', ran: 5, reused: 2, failed: 1, blocked: 6, seconds: 63 } as const;
  const blocked = ['a', 'b', 'c', 'd', 'e', 'f'];
  assert.equal(
    summary(counts, ['predict'], ['cutmix'], blocked),
    'predict is not done: cutmix failed; 1 min 3 s\nnot run because of that: a, b, c, d and 2 more\n5 tasks ran, 2 reused; what is finished is kept\n',
  );
});

test('an interrupted run says what is kept', () => {
  const text = 'interrupted: 5 tasks ran, 2 reused; what is finished is kept (1 min 3 s)\n';
  assert.equal(summary({ outcome: 'interrupted', ran: 5, reused: 2, seconds: 63 }), text);
});
