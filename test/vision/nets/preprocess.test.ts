import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Preprocessing, preprocess } from '../../../vision/nets/preprocess.ts';
import { planNetwork } from '../../../vision/nets/table.ts';

const pixels = Uint8Array.of(0, 127, 255, 64, 64, 64);

for (const [kind, expected] of [
  ['lite', [-127 / 128, 0, 1, -63 / 128, -63 / 128, -63 / 128]],
  ['advprop', [-1, -1 / 255, 1, 128 / 255 - 1, 128 / 255 - 1, 128 / 255 - 1]],
  ['imagenet', [-2.1179, 0.1877, 2.64, -1.0219, -0.9153, -0.689]],
] as const satisfies readonly (readonly [Preprocessing, readonly number[]])[])
  test(`bytes to numbers as ${kind} wants them`, () => {
    const actual = preprocess(kind, pixels);
    for (const [index, value] of expected.entries())
      assert.ok(Math.abs((actual[index] ?? Number.NaN) - value) < 1e-3, `${index}: ${actual[index]} is not ${value}`);
  });

test('a part of a batch can be filled in place', () => {
  const batch = new Float32Array(12);
  preprocess('advprop', Uint8Array.of(255, 255, 255, 255, 255, 255), batch.subarray(6));
  assert.deepEqual([...batch], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
});

test('the table names what the published weights expect', () => {
  assert.equal(planNetwork('efficientnet-lite3').preprocessing, 'lite');
  assert.equal(planNetwork('efficientnet-b4').preprocessing, 'imagenet');
});
