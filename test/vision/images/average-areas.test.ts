import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageAreas } from '../../../vision/images/average-areas.ts';
import type { Pixels, Size } from '../../../vision/images/pixels.ts';

/** The definition, pixel by pixel: each old pixel counts by the area that it shares with the new one. */
function defined({ data, width, height }: Pixels, size: Size, covered: Size) {
  const shared = (place: number, old: number, length: number, count: number) =>
    Math.max(0, Math.min(((place + 1) * length) / count, old + 1) - Math.max((place * length) / count, old));
  return Float64Array.from({ length: size.width * size.height * 3 }, (_, at) => {
    const [colour, x, y] = [at % 3, Math.floor(at / 3) % size.width, Math.floor(at / 3 / size.width)];
    let sum = 0;
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        sum +=
          (data[(row * width + column) * 3 + colour] as number) *
          shared(x, column, covered.width, size.width) *
          shared(y, row, covered.height, size.height);
    return (sum * size.width * size.height) / (covered.width * covered.height);
  });
}

for (const [width, height, w, h, covered] of [
  [40, 30, 6, 5],
  [17, 13, 17, 13],
  [7, 7, 6, 3],
  [10, 4, 5, 2],
  [5, 9, 1, 1],
  [3, 700, 2, 1],
  [11, 6, 4, 3, { width: 10.5, height: 5.5 }],
] as const)
  test(`${width} x ${height} to ${w} x ${h}${covered ? ' without half a pixel' : ''}: every new pixel is the mean of the area that it covers`, () => {
    const data = new Uint8Array(width * height * 3).map((_, place) => (place * 7919 + place * place * 31) % 256);
    const smaller = averageAreas({ data, width, height }, { width: w, height: h }, covered);
    assert.deepEqual([smaller.width, smaller.height, smaller.data.length], [w, h, w * h * 3]);
    const wanted = defined({ data, width, height }, { width: w, height: h }, covered ?? { width, height });
    const off = smaller.data.findIndex((value, place) => Math.abs(value - (wanted[place] as number)) > 0.5 + 1e-9);
    assert.equal(off, -1, `${smaller.data[off]} for ${wanted[off]}`);
  });

test('the longest sides that there are overflow nothing', () => {
  for (const [width, height] of [
    [65_535, 2],
    [2, 65_535],
  ] as const) {
    const data = new Uint8Array(width * height * 3).fill(255);
    const smaller = averageAreas(
      { data, width, height },
      { width: Math.ceil(width / 1.5), height: Math.ceil(height / 1.5) },
    );
    assert.ok(smaller.data.every((value) => value === 255));
    assert.deepEqual([...averageAreas({ data, width, height }, { width: 1, height: 1 }).data], [255, 255, 255]);
  }
});

test('a side that would grow is refused', () => {
  const photo = { data: new Uint8Array(12), width: 2, height: 2 };
  assert.throws(() => averageAreas(photo, { width: 3, height: 1 }), /2 x 2 .* 3 x 1/);
});
