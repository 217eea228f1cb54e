import assert from 'node:assert/strict';
import { test } from 'node:test';
import wabt from 'wabt';
import { assembled, text, weighRows } from '../../../vision/images/weigh-rows.ts';

test('what is run is the text, assembled', async () => {
  const { buffer } = (await wabt()).parseWat('weigh-rows.wat', text, { simd: true }).toBinary({});
  assert.equal(assembled, Buffer.from(buffer).toString('base64'));
});

test('rows are added up times their weights, whatever was added before and however long they are', () => {
  for (const length of [3, 8, 51, 210_000, 6]) {
    const rows = [1, 2].map((step) => new Uint8Array(length).map((_, place) => place * step * 7));
    const weights = [80_000, 3];
    const { add, sums } = weighRows(length);
    for (const [place, row] of rows.entries()) add(row, weights[place] as number);
    const wanted = Int32Array.from({ length }, (_, at) =>
      rows.reduce((sum, row, place) => sum + (row[at] as number) * (weights[place] as number), 0),
    );
    assert.deepEqual(sums, wanted);
  }
});
