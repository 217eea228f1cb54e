import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowHalves, readStrided } from '../../../vision/nets/numbers.ts';

function widen(halves: Uint16Array): Float32Array {
  return readStrided(new Uint8Array(halves.buffer), { type: 'F16', shape: [halves.length], strides: [1], offset: 0 });
}

test('every half-precision number comes back as itself', () => {
  const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => (bits & 0x7c00) !== 0x7c00);
  assert.deepEqual(narrowHalves(widen(halves)), halves);
});

test('what lies between two goes to the nearer, and from the middle to the even one', () => {
  const values = Float32Array.of(
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    1 + 2 ** -11 + 2 ** -20,
    2 ** -25,
    1.5 * 2 ** -24,
    -65519,
  );
  assert.deepEqual([...widen(narrowHalves(values))], [1, 1 + 2 ** -9, 1 + 2 ** -10, 0, 2 ** -23, -65504]);
});

test('what half precision cannot hold is refused', () => {
  for (const value of [65520, Number.POSITIVE_INFINITY, Number.NaN])
    assert.throws(() => narrowHalves(Float32Array.of(value)), /half precision/);
});
