import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dice } from '../../../vision/drawing/dice.ts';

const throwOften = (chance: ReturnType<typeof dice>, times: number) => Array.from({ length: times }, chance.throw);

test('the same seed gives the same throws, any other seed others', () => {
  const throws = throwOften(dice(42, 'person'), 20);
  assert.deepEqual(throwOften(dice(42, 'person'), 20), throws);
  for (const other of [dice(43, 'person'), dice(42, 'place'), dice(42, 'person', 0)]) {
    const shared = throwOften(other, 20).filter((value) => throws.includes(value));
    assert.deepEqual(shared, []);
  }
});

test('throws are spread evenly over [0, 1)', () => {
  const tenths = new Array<number>(10).fill(0);
  for (const value of throwOften(dice('even'), 20_000)) {
    assert.ok(value >= 0 && value < 1);
    tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
  }
  // Five deviations of a binomial count with 20,000 throws and a tenth.
  for (const count of tenths) assert.ok(Math.abs(count - 2000) < 5 * Math.sqrt(1800), `${tenths}`);
});

test('weights are shares, and a weight of nought is never drawn', () => {
  const chance = dice('weights');
  const drawn = Array.from({ length: 4000 }, () => chance.weigh({ one: 1, three: 3, never: 0 }));
  const share = drawn.filter((name) => name === 'three').length / drawn.length;
  assert.ok(Math.abs(share - 0.75) < 0.035, `${share}`);
  assert.ok(!drawn.includes('never'));
});

test('a shuffle keeps every value, and moves them', () => {
  const values = Array.from({ length: 50 }, (_, index) => index);
  const shuffled = dice('shuffle').shuffle(values);
  assert.notDeepEqual(shuffled, values);
  assert.deepEqual(
    shuffled.toSorted((a, b) => a - b),
    values,
  );
});
