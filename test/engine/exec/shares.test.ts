import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { shareOut } from '../../../engine/exec/shares.ts';

test('every element is taken once, whoever asks when and for how many', () => {
  const asks = fc.array(fc.record({ worker: fc.nat(3), most: fc.integer({ min: 1, max: 7 }) }));
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 1, max: 4 }), asks, (length, workers, questions) => {
      const list = Array.from({ length }, (_, index) => index);
      const shares = shareOut(list, workers);
      const taken: number[] = [];
      for (const { worker, most } of questions) {
        const before = shares.left();
        const share = shares.take(worker % workers, most);
        assert.ok(share.length <= most);
        assert.equal(shares.left(), before - share.length);
        if (before > 0) assert.ok(share.length > 0);
        taken.push(...share);
      }
      while (shares.left() > 0) taken.push(...shares.take(0, 5));
      assert.deepEqual(shares.take(0, 5), []);
      assert.deepEqual(
        taken.sort((a, b) => a - b),
        list,
      );
    }),
  );
});

test('workers begin apart and keep to the order of their part', () => {
  const shares = shareOut([0, 1, 2, 3, 4, 5, 6, 7], 2);
  assert.deepEqual(
    [shares.take(0, 2), shares.take(1, 3), shares.take(0, 9)],
    [
      [0, 1],
      [4, 5, 6],
      [2, 3],
    ],
  );
  assert.deepEqual(shares.take(0, 9), [7]);
});
