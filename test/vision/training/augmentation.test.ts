import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pixels } from '../../../vision/images/pixels.ts';
import { augmentPhoto, squarePhoto } from '../../../vision/training/augmentation/augment.ts';
import { addNoise, blurByGaussian, blurByMedian, blurByMotion } from '../../../vision/training/augmentation/blur.ts';
import {
  changeBrightness,
  changeContrast,
  changeGamma,
  changeHue,
} from '../../../vision/training/augmentation/colour.ts';
import { drawGeometry, framePhoto, plainGeometry } from '../../../vision/training/augmentation/geometry.ts';
import { seedRandom } from '../../../vision/training/random.ts';

function noisePhoto(width: number, height: number, seed = 1): Pixels {
  const random = seedRandom('photo', seed);
  return { width, height, data: Uint8Array.from({ length: width * height * 3 }, () => Math.floor(256 * random())) };
}
const onePixel = (red: number, green: number, blue: number): Pixels => ({
  width: 1,
  height: 1,
  data: Uint8Array.from([red, green, blue]),
});
const grey = (photo: Pixels): number[] => Array.from(photo.data.filter((_, i) => i % 3 === 0));
/** A grey photo from one value a pixel. */
const photoOf = (width: number, values: readonly number[]): Pixels => ({
  width,
  height: values.length / width,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});

test('a square photo laid plainly into its square is untouched', () => {
  const photo = noisePhoto(17, 17);
  assert.deepEqual(squarePhoto(photo, 17), photo);
});

test('a flat photo is padded above and below, by its reflection or by black', () => {
  const photo = photoOf(4, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(grey(framePhoto(photo, 4, plainGeometry)), [5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4]);
  const black = framePhoto(photo, 4, { ...plainGeometry, fill: 'constant' });
  assert.deepEqual(grey(black), [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]);
});

test('a quarter turn goes clockwise, a flip swaps left and right, a shift goes right and down', () => {
  const photo = photoOf(3, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const frame = (change: object): number[] => grey(framePhoto(photo, 3, { ...plainGeometry, ...change }));
  assert.deepEqual(frame({ degrees: 90 }), [7, 4, 1, 8, 5, 2, 9, 6, 3]);
  assert.deepEqual(frame({ flipped: true }), [3, 2, 1, 6, 5, 4, 9, 8, 7]);
  assert.deepEqual(frame({ shift: [1 / 3, 0] }), [2, 1, 2, 5, 4, 5, 8, 7, 8]);
  assert.deepEqual(frame({ shift: [0, 1 / 3] }), [4, 5, 6, 1, 2, 3, 4, 5, 6]);
});

test('a scale above 1 enlarges the middle', () => {
  const bright = (photo: Pixels): number => grey(photo).filter((value) => value > 127).length;
  const photo = photoOf(
    20,
    Array.from({ length: 400 }, (_, i) => (Math.hypot((i % 20) - 9.5, i / 20 - 10) < 5 ? 255 : 0)),
  );
  const enlarged = framePhoto(photo, 20, { ...plainGeometry, scale: 1.5 });
  assert.ok(Math.abs(bright(enlarged) / bright(photo) - 2.25) < 0.2, `${bright(enlarged)} of ${bright(photo)}`);
});

test('geometry is drawn with the shares of the contest', () => {
  const draws = Array.from({ length: 4000 }, (_, seed) => drawGeometry(seedRandom(seed)));
  const share = (of: (draw: (typeof draws)[number]) => boolean): number => draws.filter(of).length / draws.length;
  assert.ok(Math.abs(share(({ fill }) => fill === 'reflection') - 0.7) < 0.03);
  assert.ok(Math.abs(share(({ flipped }) => flipped) - 0.5) < 0.03);
  assert.ok(Math.abs(share(({ degrees }) => degrees !== 0) - 0.6) < 0.03);
  assert.ok(draws.every(({ degrees, scale }) => Math.abs(degrees) <= 20 && Math.abs(scale - 1) <= 0.1));
  assert.ok(draws.some(({ degrees }) => degrees > 19) && draws.some(({ degrees }) => degrees < -19));
});

test('colours change as their curves say, and clip at the ends', () => {
  const photo = onePixel(10, 128, 250);
  assert.deepEqual([...changeBrightness(0.2)(photo).data], [61, 179, 255]);
  assert.deepEqual([...changeContrast(0.2)(photo).data], [0, 128, 255]);
  assert.deepEqual([...changeGamma(2)(photo).data], [0, 64, 245]);
});

test('hue, saturation and value', () => {
  const none = { hue: 0, saturation: 0, value: 0 };
  const photo = noisePhoto(40, 40);
  assert.deepEqual(changeHue(none)(photo).data, photo.data);
  assert.deepEqual([...changeHue({ ...none, hue: 120 })(onePixel(255, 0, 0)).data], [0, 255, 0]);
  assert.deepEqual([...changeHue({ ...none, hue: -120 })(onePixel(200, 100, 100)).data], [100, 100, 200]);
  assert.deepEqual([...changeHue({ ...none, saturation: -1 })(onePixel(200, 100, 50)).data], [200, 200, 200]);
  assert.deepEqual([...changeHue({ ...none, saturation: 0.5 })(onePixel(90, 90, 90)).data], [90, 90, 90]);
  assert.deepEqual([...changeHue({ ...none, value: -0.2 })(onePixel(255, 255, 255)).data], [204, 204, 204]);
});

test('the median is the one that sorting gives', () => {
  const photo = noisePhoto(9, 7);
  for (const length of [3, 5]) {
    const blurred = blurByMedian(length)(photo);
    const reach = (length - 1) / 2;
    const mirrored = (place: number, side: number): number =>
      place < 0 ? -place : place >= side ? 2 * side - 2 - place : place;
    for (let y = 0; y < 7; y++)
      for (let x = 0; x < 9; x++) {
        const values: number[] = [];
        for (let i = -reach; i <= reach; i++)
          for (let j = -reach; j <= reach; j++)
            values.push(photo.data[(mirrored(y + i, 7) * 9 + mirrored(x + j, 9)) * 3 + 1] as number);
        const wanted = values.sort((a, b) => a - b)[(length * length - 1) / 2];
        assert.equal(blurred.data[(y * 9 + x) * 3 + 1], wanted);
      }
  }
});

test('blurs spread a dot as far as they say, and keep an even photo', () => {
  const dot = photoOf(
    7,
    Array.from({ length: 49 }, (_, i) => (i === 24 ? 255 : 0)),
  );
  const even = photoOf(7, new Array(49).fill(77));
  const lit = (photo: Pixels): number[] => grey(photo).flatMap((value, i) => (value > 0 ? [i] : []));
  assert.deepEqual(lit(blurByMotion(3, 0)(dot)), [23, 24, 25]);
  assert.deepEqual(lit(blurByMotion(5, 90)(dot)), [10, 17, 24, 31, 38]);
  assert.deepEqual(lit(blurByGaussian(3)(dot)), [16, 17, 18, 23, 24, 25, 30, 31, 32]);
  for (const blur of [blurByMotion(3, 45), blurByGaussian(5), blurByMedian(3)])
    assert.deepEqual(blur(even).data, even.data);
});

test('noise has the deviation that was asked for', () => {
  const even = photoOf(100, new Array(10_000).fill(128));
  const noisy = addNoise(5, seedRandom('noise'))(even).data;
  const squares = noisy.reduce((sum, value) => sum + (value - 128) ** 2, 0);
  assert.ok(Math.abs(Math.sqrt(squares / noisy.length) - 5) < 0.15);
});

test('the same seed augments to the same pixels, another to others, and the photo stays as it was', () => {
  const photo = noisePhoto(24, 16);
  const before = Uint8Array.from(photo.data);
  const first = augmentPhoto({ photo, size: 24, seed: [42, 'a.jpg', 0] });
  assert.deepEqual(augmentPhoto({ photo, size: 24, seed: [42, 'a.jpg', 0] }), first);
  assert.notDeepEqual(augmentPhoto({ photo, size: 24, seed: [42, 'a.jpg', 1] }), first);
  assert.deepEqual([first.width, first.height, first.data.length], [24, 24, 24 * 24 * 3]);
  assert.deepEqual(photo.data, before);
});
