import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { encodeJpeg, thumbnailUri } from '../../../vision/images/encode.ts';
import { measure, openPixels } from '../../../vision/images/open.ts';
import type { Turn } from '../../../vision/images/pixels.ts';

/** 3 x 2 pixels: a red one in the upper left corner, the others blue. */
const corner = Uint8Array.from({ length: 18 }, (_, place) => (place === 0 || (place > 2 && place % 3 === 2) ? 255 : 0));

async function stored(orientation?: number): Promise<Uint8Array> {
  const image = sharp(corner, { raw: { width: 3, height: 2, channels: 3 } }).png();
  return (orientation === undefined ? image : image.withMetadata({ orientation })).toBuffer();
}

/** The column and row of the red pixel, and the size. */
async function whereRed(source: Uint8Array, turn: Turn): Promise<[number, number, number, number]> {
  const { data, width, height } = await openPixels({ source, turn });
  const place = Array.from({ length: width * height }, (_, pixel) => data[pixel * 3]).indexOf(255);
  return [place % width, Math.floor(place / width), width, height];
}

test('turns clockwise', async () => {
  const source = await stored();
  assert.deepEqual(await whereRed(source, 0), [0, 0, 3, 2]);
  assert.deepEqual(await whereRed(source, 90), [1, 0, 2, 3]);
  assert.deepEqual(await whereRed(source, 180), [2, 1, 3, 2]);
  assert.deepEqual(await whereRed(source, 270), [0, 2, 2, 3]);
});

test('makes a photo upright by its orientation before it turns it', async () => {
  const sideways = await stored(6);
  assert.deepEqual(await whereRed(sideways, 0), [1, 0, 2, 3]);
  assert.deepEqual(await whereRed(sideways, 270), [0, 0, 3, 2]);
  assert.deepEqual(await measure(sideways), { width: 2, height: 3, format: 'png', orientation: 6 });
  assert.deepEqual(await measure(sideways, 90), { width: 3, height: 2, format: 'png', orientation: 6 });
});

test('sizes are meant after turning', async () => {
  const source = await stored();
  const fitted = await openPixels({ source, turn: 90, size: { longest: 30 } });
  assert.deepEqual([fitted.width, fitted.height], [20, 30]);
  const stretched = await openPixels({ source, turn: 90, size: { width: 7, height: 5 } });
  assert.deepEqual([stretched.width, stretched.height, stretched.data.length], [7, 5, 105]);
});

test('grey, 16-bit, transparent and CMYK photos open as RGB; transparency is white', async () => {
  const image = sharp(corner, { raw: { width: 3, height: 2, channels: 3 } });
  const sources = [
    image.clone().greyscale().png(),
    image.clone().toColourspace('rgb16').png(),
    image.clone().toColourspace('cmyk').jpeg(),
  ];
  for (const source of sources) assert.equal((await openPixels({ source: await source.toBuffer() })).data.length, 18);
  const clear = sharp({
    create: { width: 1, height: 1, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0 } },
  }).png();
  assert.deepEqual([...(await openPixels({ source: await clear.toBuffer() })).data], [255, 255, 255]);
});

test("a name that ends in what libvips takes for options is a file's name", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'flow-open-'));
  context.after(() => rm(folder, { recursive: true }));
  for (const name of ['photo[1]', 'a.png[page=2]', 'b]']) {
    const path = join(folder, name);
    await writeFile(path, await stored());
    assert.equal((await openPixels({ source: path })).width, 3, name);
    assert.equal((await measure(path)).width, 3, name);
  }
});

test('a file that is no photo is an error', async () => {
  await assert.rejects(openPixels({ source: Buffer.from('no photo') }), /unsupported image format/);
});

test('encoded photos open again with the same size, nearly the same pixels and no orientation', async () => {
  const data = new Uint8Array(64 * 32 * 3).map((_, place) => (place % 3) * 90 + 20);
  const jpeg = await encodeJpeg({ width: 64, height: 32, data });
  const opened = await openPixels({ source: jpeg });
  assert.deepEqual([opened.width, opened.height], [64, 32]);
  assert.ok(opened.data.every((value, place) => Math.abs(value - (data[place] as number)) <= 3));
  assert.match(await thumbnailUri(opened), /^data:image\/jpeg;base64,[A-Za-z0-9+/]+=*$/);
});
