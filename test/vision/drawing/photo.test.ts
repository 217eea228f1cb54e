import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { type ClassName, classNames, drawPhoto, type Subject } from '../../../vision/drawing/index.ts';

async function draw(name: ClassName, seed: Subject['seed'], shape: Subject['shape'] = 'ordinary') {
  const { data, info } = await (await drawPhoto({ name, shape, seed })).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** The share of pixels in which two photos differ by more than encoding could. */
function differenceOf(one: Buffer, other: Buffer): number {
  let count = 0;
  for (let index = 0; index < one.length; index += 3) {
    const colours = [0, 1, 2].map((channel) => Math.abs((one[index + channel] ?? 0) - (other[index + channel] ?? 0)));
    if (Math.max(...colours) > 12) count += 1;
  }
  return count / (one.length / 3);
}

test('the class decides on phone and cigarette alone: the rest of the photo stays', async () => {
  for (const seed of [
    ['alike', 3],
    ['alike', 8],
  ]) {
    const normal = await draw('normal', seed);
    for (const name of classNames.filter((other) => other !== 'normal')) {
      const other = await draw(name, seed);
      assert.deepEqual([other.width, other.height], [normal.width, normal.height]);
      const difference = differenceOf(normal.data, other.data);
      assert.ok(difference > 0.01 && difference < 0.5, `${name} of ${seed}: ${difference}`);
    }
  }
});

test('the same seed draws the same pixels, another seed another photo', async () => {
  const first = await draw('calling', ['same', 1]);
  assert.ok(first.data.equals((await draw('calling', ['same', 1])).data));
  for (const number of [2, 3]) assert.ok(!first.data.equals((await draw('calling', ['same', number])).data));
});

test('shapes are what they are called', async () => {
  for (const number of [1, 2, 3, 4]) {
    const slim = await draw('smoking', ['slim', number], 'slim');
    assert.ok(slim.height / slim.width > 2 && slim.height < 550, `${slim.width} x ${slim.height}`);
    const ordinary = await draw('smoking', ['ordinary', number]);
    assert.ok(Math.max(ordinary.width, ordinary.height) <= 900);
    assert.ok(ordinary.height / ordinary.width <= 2);
    assert.equal(ordinary.channels, 3);
  }
  const large = await draw('normal', ['large', 1], 'large');
  assert.ok(Math.max(large.width, large.height) >= 1300);
  const camera = await draw('normal', ['camera', 1], 'camera');
  assert.deepEqual([camera.width, camera.height].sort(), [3024, 4032]);
});

test('a photo shows surfaces and not noise: neighbours are alike', async () => {
  for (const number of [1, 2, 3, 4]) {
    const photo = await drawPhoto({ name: 'smoking', shape: 'ordinary', seed: ['calm', number] });
    const small = await sharp(await photo.png().toBuffer())
      .resize(48, 48, { fit: 'fill' })
      .greyscale()
      .raw()
      .toBuffer();
    const steps = Array.from(small.subarray(1), (value, index) => Math.abs(value - (small[index] ?? 0)));
    const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
    assert.ok(mean > 1 && mean < 30, `${mean}`);
  }
});
