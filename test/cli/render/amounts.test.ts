import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as amounts from '../../../engine/cli/render/amounts.ts';

test('durations', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-1, '0.0 s'],
    [0.04, '0.0 s'],
    [0.25, '0.3 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [192, '3 min 12 s'],
    [3599.7, '1 h'],
    [7500, '2 h 5 min'],
    [86_399, '1 d'],
    [273_600, '3 d 4 h'],
  ];
  for (const [seconds, text] of cases) assert.equal(amounts.formatDuration(seconds), text, String(seconds));
});

test('bytes, counts and rates', () => {
  assert.deepEqual([0, 999, 1200, 12_345_678, 999_700].map(amounts.formatBytes), [
    '0 B',
    '999 B',
    '1.2 KB',
    '12 MB',
    '1.0 MB',
  ]);
  const counts = ['photo', 'epoch', 'batch', 'MB', 'entry', 'class'].map((unit) => amounts.formatCount(2, unit));
  assert.deepEqual(counts, ['2 photos', '2 epochs', '2 batches', '2 MB', '2 entries', '2 classes']);
  assert.equal(amounts.formatCount(1, 'photo'), '1 photo');
  assert.equal(amounts.formatCount(100_000, 'photo'), '100 000 photos');
  assert.equal(amounts.formatRate(1 / 12, 'epoch'), '12 s/epoch');
  assert.equal(amounts.formatRate(3.26, 'photo'), '3.3 photos/s');
  assert.equal(amounts.formatRate(0, 'photo'), '');
});
