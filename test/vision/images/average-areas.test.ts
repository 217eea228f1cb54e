import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageAreas } from '../../../vision/images/average-areas.ts';

/** The definition, pixel by pixel: each old pixel counts by the area that it shares with the new one. */
function defined(
  { data, width, height }: { data: Uint8Array; width: number; height: number },
  [w, h]: [number, number],
) {
  const shared = (place: number, old: number, [length, count]: [number, number]) =>
    Math.max(0, Math.min(((place + 1) * length) / count, old + 1) - Math.max((place * length) / count, old));
  return Float64Array.from({ length: w * h * 3 }, (_, at) => {
    const [colour, x, y] = [at % 3, Math.floor(at / 3) % w, Math.floor(at / 3 / w)];
    let sum = 0;
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        sum +=
          (data[(row * width + column) * 3 + colour] as number) *
          shared(x, column, [width, w]) *
          shared(y, row, [height, h]);
    return (sum * w * h) / (width * height);
  });
}

for (const [width, height, w, h] of [
  [40, 30, 6, 5],
  [17, 13, 17, 13],
  [7, 7, 6, 3],
  [10, 4, 5, 2],
  [5, 9, 1, 1],
] as const)
  test(`${width} x ${height} to ${w} x ${h}: every new pixel is the mean of the area that it covers`, () => {
    const data = new Uint8Array(width * height * 3).map((_, place) => (place * 7919 + place * place * 31) % 256);
    const smaller = averageAreas({ data, width, height }, { width: w, height: h });
    assert.deepEqual([smaller.width, smaller.height, smaller.data.length], [w, h, w * h * 3]);
    const wanted = defined({ data, width, height }, [w, h]);
    const off = smaller.data.findIndex((value, place) => Math.abs(value - (wanted[place] as number)) > 0.5 + 1e-9);
    assert.equal(off, -1, `${smaller.data[off]} for ${wanted[off]}`);
  });

test('a side that would grow is refused', () => {
  const photo = { data: new Uint8Array(12), width: 2, height: 2 };
  assert.throws(() => averageAreas(photo, { width: 3, height: 1 }), /2 x 2 .* 3 x 1/);
});
