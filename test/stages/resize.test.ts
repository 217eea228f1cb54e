import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import resize from '../../stages/resize.ts';
import { openPixels } from '../../vision/images/open.ts';
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
