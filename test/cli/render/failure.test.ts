import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFailure } from '../../../engine/cli/render/failure.ts';
import type { Failure } from '../../../engine/model/event.ts';

test('every failure is a sentence', () => {
  const stack =
    'Error: no\n    at paste (stages/cutmix.ts:12:3)\n    at run (node:internal/x:1:1)\n    at go (stages/y.ts:1:1)';
  const cases: readonly (readonly [Failure, string, readonly string[]])[] = [
    [{ kind: 'exit', code: 2, command: 'tar -cf x' }, 'the command ended with exit code 2', ['tar -cf x']],
    [{ kind: 'signal', signal: 'SIGSEGV', command: 'x' }, 'the command was ended by SIGSEGV', ['x']],
    [
      { kind: 'threw', message: 'no\nmore', stack },
      'no',
      ['more', 'at paste (stages/cutmix.ts:12:3)', 'at go (stages/y.ts:1:1)'],
    ],
    [{ kind: 'item', item: 'a.jpg', message: 'odd' }, 'a.jpg: odd', []],
    [{ kind: 'timeout', seconds: 60 }, 'stopped, since it took longer than its timeout of 1 min', []],
    [
      { kind: 'memory', bytes: 7e9, limit: 6e9 },
      'stopped, since it used 7.0 GB of memory where 6.0 GB are granted',
      [],
    ],
    [{ kind: 'worker-lost', message: 'exit code 9' }, 'its process ended without a word: exit code 9', []],
    [{ kind: 'output-missing', out: 'model', path: 'm.bin' }, "it wrote no output 'model'", ['expected at m.bin']],
    [{ kind: 'output-wrong', out: 'model', message: 'a folder' }, "its output 'model' cannot be kept: a folder", []],
    [{ kind: 'input-missing', input: 'photos', path: 'p/' }, "its input 'photos' does not exist", ['p/']],
    [{ kind: 'input-changed', paths: ['a'] }, '1 input changed while it ran, so its result is not kept', ['a']],
    [
      { kind: 'choice-unknown', choice: '{"fold":9}', stage: 'folds' },
      `its choice names {"fold":9}, which stage 'folds' does not have`,
      [],
    ],
    [
      { kind: 'undeclared', paths: ['a.csv', 'b/'], count: 5 },
      'it is strict, and read 5 files of the project that it does not declare',
      ['a.csv', 'b/', 'and 3 more files'],
    ],
    [{ kind: 'diagnostics', diagnostics: [] }, 'its inputs are not right', []],
    [{ kind: 'disk', message: 'the disk is full', path: '/x' }, 'the disk is full', ['/x']],
    [{ kind: 'interrupted' }, 'interrupted', []],
  ];
  for (const [failure, title, details] of cases) {
    const text = describeFailure(failure);
    assert.equal(text.title, title);
    assert.deepEqual(text.details, details);
  }
});

test('of many changed inputs the first ones are named', () => {
  const paths = Array.from({ length: 8 }, (_, index) => `photo-${index}.jpg`);
  assert.deepEqual(describeFailure({ kind: 'input-changed', paths }).details.slice(4), [
    'photo-4.jpg',
    'and 3 more files',
  ]);
});
