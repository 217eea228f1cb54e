import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { isSlim, pasteSlim } from '../../../vision/images/pasting.ts';
import { padByReflection, paste, quarterTurn, reflect } from '../../../vision/images/pixels.ts';

const oneColour = (width: number, height: number, value: number) => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(value),
});

test('places beyond an edge are mirrored, the edge itself once', () => {
  assert.deepEqual(
    Array.from({ length: 11 }, (_, place) => reflect(place - 4, 3)),
    [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2],
  );
  assert.deepEqual([reflect(-5, 1), reflect(5, 1)], [0, 0]);
});

test('padding mirrors the photo, and a smaller frame cuts it', () => {
  const photo = { width: 3, height: 1, data: Uint8Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3) };
  const reds = ({ data }: { data: Uint8Array }) => [...data].filter((_, place) => place % 3 === 0);
  assert.deepEqual(reds(padByReflection(photo, { width: 7, height: 1, left: 2, top: 0 })), [3, 2, 1, 2, 3, 2, 1]);
  assert.deepEqual(reds(padByReflection(photo, { width: 1, height: 1, left: -1, top: 0 })), [2]);
});

test('what sticks out of the background is cut off', () => {
  const back = oneColour(3, 3, 0);
  paste(back, oneColour(2, 2, 9), { left: 2, top: -1 });
  assert.deepEqual(
    [...back.data].filter((_, place) => place % 3 === 0),
    [0, 0, 9, 0, 0, 0, 0, 0, 0],
  );
  paste(back, oneColour(2, 2, 7), { left: 5, top: 0 });
  assert.ok(!back.data.includes(7));
});

test('slim is more than twice as high as wide, and lower than 550', () => {
  assert.deepEqual(
    [
      { width: 200, height: 401 },
      { width: 200, height: 400 },
      { width: 200, height: 550 },
    ].map(isSlim),
    [true, false, false],
  );
});

test('a portrait is pasted in the middle of a padded square, moved by at most 20 pixels', async () => {
  const png = ({ data, width, height }: ReturnType<typeof oneColour>) =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
  const front = { source: await png(oneColour(100, 300, 255)) };
  const back = { source: await png(oneColour(600, 400, 0)) };
  const square = await pasteSlim({ front, back, right: 1, down: -0.5 });
  assert.deepEqual([square.width, square.height], [600, 600]);
  const white = Array.from({ length: 360_000 }, (_, place) => place).filter((place) => square.data[place * 3] === 255);
  assert.equal(white.length, 30_000);
  assert.equal(white[0], 140 * 600 + 270);

  const small = await pasteSlim({ front, back: { source: await png(oneColour(120, 90, 0)) }, right: 0, down: 0 });
  assert.deepEqual([small.width, small.height], [120, 120]);
  const rows = Array.from({ length: 120 }, (_, row) => row).filter((row) => small.data[(row * 120 + 60) * 3] === 255);
  assert.equal(rows.length, 110, 'made smaller as 600 to 120, not cut');
});

test('a quarter turn goes clockwise, and four of them nowhere', () => {
  const photo = { width: 3, height: 2, data: Uint8Array.from({ length: 18 }, (_, place) => place) };
  const turned = quarterTurn(photo);
  const pixels = Array.from({ length: 6 }, (_, place) => (turned.data[place * 3] as number) / 3);
  assert.deepEqual([turned.width, turned.height, pixels], [2, 3, [3, 0, 4, 1, 5, 2]]);
  assert.deepEqual(quarterTurn(quarterTurn(quarterTurn(turned))), photo);
});
