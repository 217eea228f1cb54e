import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAhead } from '../../../vision/training/ahead.ts';

test('results come in order, and only so many are read ahead', async () => {
  const begun: number[] = [];
  const waits = [9, 1, 5, 0, 3].map(
    (milliseconds) => () => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  );
  const read = async (at: number): Promise<number> => {
    begun.push(at);
    await waits[at]?.();
    return at;
  };
  const seen: (readonly [number, number])[] = [];
  for await (const at of readAhead([0, 1, 2, 3, 4], read, 2)) seen.push([at, begun.length]);
  assert.deepEqual(seen, [
    [0, 3],
    [1, 4],
    [2, 5],
    [3, 5],
    [4, 5],
  ]);
});

test('a failure comes at its place, and the failures behind it trouble nobody', async () => {
  const read = async (at: number): Promise<number> => {
    if (at > 0) throw new Error(`no ${at}`);
    return at;
  };
  const seen: number[] = [];
  const reading = async () => {
    for await (const at of readAhead([0, 1, 2, 3], read, 3)) seen.push(at);
  };
  await assert.rejects(reading, /no 1/);
  assert.deepEqual(seen, [0]);
});
