import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import resize from '../../stages/resize.ts';
import { averageAreas } from '../../vision/images/average-areas.ts';
import { openPixels } from '../../vision/images/open.ts';
import { shrinkPhoto, tryShrinking } from '../../vision/images/shrink.ts';
import { itemsOf, makeFolder, runItemStage, writeFiles } from './run-stage.ts';

const params = { longest: 600, whenBothSidesExceed: 600 };

/** Red above, blue below, as stored. */
function twoHalves(width: number, height: number): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let place = 0; place < width * height; place++) data[place * 3 + (place < (width * height) / 2 ? 0 : 2)] = 250;
  return sharp(data, { raw: { width, height, channels: 3 } });
}

test('photos become upright, small JPEGs, and their facts say what they were', async (context) => {
  const folder = await makeFolder(context);
  const sideways = await twoHalves(1600, 1200).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  await writeFiles(`${folder}/photos`, {
    'calling/sideways.JPG': sideways,
    'calling/slim.png': await twoHalves(240, 900).png().toBuffer(),
    'normal/broken.jpg': sideways.subarray(0, sideways.length / 2),
    'normal/no photo.jpg': 'text',
  });
  const items = await itemsOf(`${folder}/photos`);
  const { outputs, skipped } = await runItemStage(resize, { params, inputs: {}, folder, items });

  const facts = JSON.parse(await readFile(outputs.get('calling/sideways.JPG')?.facts as string, 'utf8'));
  assert.deepEqual(facts, {
    photo: 'calling/sideways.JPG',
    digest: createHash('sha256').update(sideways).digest('hex'),
    bytes: sideways.length,
    width: 1200,
    height: 1600,
    resizedWidth: 450,
    resizedHeight: 600,
    orientation: 6,
  });
  const path = outputs.get('calling/sideways.JPG')?.photo as string;
  const header = await sharp(path).metadata();
  assert.deepEqual([header.format, header.width, header.height, header.orientation], ['jpeg', 450, 600, undefined]);
  // Turned by 90 degrees clockwise, what was stored above comes to lie on the right.
  const { data, width } = await openPixels({ source: path });
  const middle = 300 * width * 3;
  assert.ok((data[middle + 2] as number) > 200 && (data[middle] as number) < 50, 'blue on the left');
  assert.ok((data[middle + (width - 1) * 3] as number) > 200, 'red on the right');

  const slim = JSON.parse(await readFile(outputs.get('calling/slim.png')?.facts as string, 'utf8'));
  assert.deepEqual([slim.resizedWidth, slim.resizedHeight], [240, 900], 'only one side exceeds 600');

  assert.deepEqual([...skipped.keys()], ['normal/broken.jpg', 'normal/no photo.jpg']);
  assert.match(skipped.get('normal/broken.jpg') as string, /premature end/);
  assert.match(skipped.get('normal/no photo.jpg') as string, /unsupported image format/);
});

test('what no photo is to blame for is thrown, and not taken for a broken one', async (context) => {
  const [text = ''] = await writeFiles(await makeFolder(context), { 'text.jpg': 'text' });
  assert.match(((await tryShrinking(text, params)) as { broken: string }).broken, /unsupported image format/);
  await assert.rejects(tryShrinking(`${text}.gone`, params), { code: 'ENOENT' });
  await assert.rejects(tryShrinking(undefined as unknown as string, params), TypeError);
});

test('smaller photos are averages over areas: fine stripes become even grey', async (context) => {
  const folder = await makeFolder(context);
  const data = new Uint8Array(1300 * 1300 * 3).map((_, place) => (Math.floor(place / 3) % 2 === 0 ? 0 : 255));
  const stripes = await sharp(data, { raw: { width: 1300, height: 1300, channels: 3 } })
    .png()
    .toBuffer();
  await writeFiles(`${folder}/photos`, { 'stripes.png': stripes });
  const items = await itemsOf(`${folder}/photos`);
  const { outputs } = await runItemStage(resize, { params, inputs: {}, folder, items });
  const pixels = await openPixels({ source: outputs.get('stripes.png')?.photo as string });
  assert.equal(pixels.width, 600);
  const centre = pixels.data.subarray(300 * 600 * 3 + 900, 300 * 600 * 3 + 1200);
  assert.ok(Math.max(...centre) - Math.min(...centre) <= 50, `${Math.min(...centre)} to ${Math.max(...centre)}`);
});

test('a large JPEG that is decoded at half its size is as a mean over all of its pixels, in whatever direction it lies', async (context) => {
  const folder = await makeFolder(context);
  const [width, height] = [1600, 1280];
  const data = new Uint8Array(width * height * 3).map((_, place) => {
    const [x, y] = [Math.floor(place / 3) % width, Math.floor(place / 3 / width)];
    return 128 + 60 * Math.sin((x * (1 + (place % 3))) / 25) + 60 * Math.cos((x + 2 * y) / 31);
  });
  const drawn = sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
  await writeFiles(`${folder}/photos`, {
    'a [1].jpg': await drawn.toBuffer(),
    'b.jpg': await drawn.clone().withMetadata({ orientation: 6 }).toBuffer(),
    'c[3]': await drawn.toBuffer(),
    'c[3].png': await drawn.clone().png().toBuffer(),
  });
  const items = await itemsOf(`${folder}/photos`);
  const small = { longest: 320, whenBothSidesExceed: 320 };
  const { outputs, skipped } = await runItemStage(resize, { params: small, inputs: {}, folder, items });
  assert.deepEqual([...skipped], []);

  const opened = async (name: string) => openPixels({ source: outputs.get(name)?.photo as string });
  const blocks = averageOfBlocks({ data, width, height }, 5);
  for (const name of ['a [1].jpg', 'c[3].png']) {
    const { data: found, ...size } = await opened(name);
    assert.deepEqual(size, { width: 320, height: 256 });
    // Most of it is what JPEG loses in the result; a triangle in place of the areas gave 1.33.
    assert.ok(meanDifference(found, blocks) < 1.2, `${name}: ${meanDifference(found, blocks)}`);
  }
  const upright = await openPixels({ source: outputs.get('b.jpg')?.photo as string, turn: 270 });
  assert.ok(meanDifference(upright.data, blocks) < 1.2);
});

test('odd sides and each orientation of EXIF: as from all pixels of the upright photo, at its edges too', async (context) => {
  const folder = await makeFolder(context);
  const [width, height] = [641, 403];
  const data = new Uint8Array(width * height * 3).map((_, place) => {
    const [x, y] = [Math.floor(place / 3) % width, Math.floor(place / 3 / width)];
    return 128 + 50 * Math.sin((x * (1 + (place % 3))) / 25) + 60 * Math.cos((x + 2 * y) / 31) + x / 50;
  });
  const drawn = sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 98, chromaSubsampling: '4:4:4' });
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const path = `${folder}/${orientation}.jpg`;
    await drawn.clone().withMetadata({ orientation }).toFile(path);
    const { jpeg, facts } = await shrinkPhoto(path, { longest: 80, whenBothSidesExceed: 80 });
    const found = await openPixels({ source: jpeg });
    assert.deepEqual([found.width, found.height], orientation > 4 ? [50, 80] : [80, 50]);
    assert.deepEqual([facts.width, facts.height], orientation > 4 ? [height, width] : [width, height]);
    const wanted = averageAreas(await openPixels({ source: path }), found);
    const off = found.data.map((value, place) => Math.abs(value - (wanted.data[place] as number)));
    // JPEG takes most of it: the most are 6, and 1.13 the mean, where no side is odd.
    const mean = off.reduce((sum, value) => sum + value, 0) / off.length;
    assert.ok(Math.max(...off) <= 8 && mean < 1.3, `orientation ${orientation}: ${Math.max(...off)}, mean ${mean}`);
  }
});

function averageOfBlocks({ data, width, height }: { data: Uint8Array; width: number; height: number }, side: number) {
  const means = new Float64Array((width / side) * (height / side) * 3);
  for (let place = 0; place < data.length; place++) {
    const [x, y] = [Math.floor(place / 3) % width, Math.floor(place / 3 / width)];
    const at = (Math.floor(y / side) * (width / side) + Math.floor(x / side)) * 3 + (place % 3);
    means[at] = (means[at] as number) + (data[place] as number) / (side * side);
  }
  return means;
}

function meanDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  assert.equal(one.length, other.length);
  let sum = 0;
  for (let place = 0; place < one.length; place++) sum += Math.abs((one[place] as number) - (other[place] as number));
  return sum / one.length;
}
