import type { Pixels } from '../../images/pixels.ts';
import { drawBetween, drawOne, type Random } from '../random.ts';

/** A step of the augmentation: pixels in, new pixels out; the given ones stay as they are. */
export type Change = (photo: Pixels) => Pixels;

/** Sends every value of every colour through the same curve, by a table of 256. */
function mapValues(photo: Pixels, curve: (value: number) => number): Pixels {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => curve(value));
  return { ...photo, data: photo.data.map((value) => table[value] as number) };
}

/** Adds `amount` of the whole range to every value. */
export const changeBrightness =
  (amount: number): Change =>
  (photo) =>
    mapValues(photo, (value) => value + 255 * amount);

/** Moves every value away from the middle of the range (amount above 0) or towards it. */
export const changeContrast =
  (amount: number): Change =>
  (photo) =>
    mapValues(photo, (value) => 127.5 + (value - 127.5) * (1 + amount));

/** Raises every value, as a share of the range, to the power of `gamma`. */
export const changeGamma =
  (gamma: number): Change =>
  (photo) =>
    mapValues(photo, (value) => 255 * (value / 255) ** gamma);

export interface HueSaturationValue {
  /** Degrees on the colour circle. */
  readonly hue: number;
  /** Shares of the whole range, added. */
  readonly saturation: number;
  readonly value: number;
}

const within = (share: number): number => Math.min(1, Math.max(0, share));

/** Turns the hues, and adds to saturation and value (Smith's hexcone model, SIGGRAPH 1978). */
export const changeHue =
  (change: HueSaturationValue): Change =>
  (photo) => {
    const data = new Uint8Array(photo.data.length);
    for (let i = 0; i < data.length; i += 3) {
      const red = photo.data[i] as number;
      const green = photo.data[i + 1] as number;
      const blue = photo.data[i + 2] as number;
      const most = Math.max(red, green, blue);
      const range = most - Math.min(red, green, blue);
      let sector = 0;
      if (range > 0) {
        if (most === red) sector = (green - blue) / range;
        else if (most === green) sector = 2 + (blue - red) / range;
        else sector = 4 + (red - green) / range;
      }
      const turned = sector + change.hue / 60 + 12;
      // A grey has no hue: adding saturation to it would paint every grey wall red.
      const saturation = range === 0 ? 0 : within(range / most + change.saturation);
      const value = 255 * within(most / 255 + change.value);
      for (let colour = 0; colour < 3; colour++) {
        const place = (5 - 2 * colour + turned) % 6;
        const fall = Math.max(0, Math.min(place, 4 - place, 1));
        data[i + colour] = Math.round(value * (1 - saturation * fall));
      }
    }
    return { ...photo, data };
  };

/** One of brightness ± 0.2, contrast ± 0.2, gamma 0.8 to 1.2, and hue ± 40°, saturation ± 0.12, value ± 0.08. */
export function drawColourChange(random: Random): Change {
  const kind = drawOne(random, ['brightness', 'contrast', 'gamma', 'hue'] as const);
  if (kind === 'brightness') return changeBrightness(drawBetween(random, -0.2, 0.2));
  if (kind === 'contrast') return changeContrast(drawBetween(random, -0.2, 0.2));
  if (kind === 'gamma') return changeGamma(drawBetween(random, 0.8, 1.2));
  return changeHue({
    hue: drawBetween(random, -40, 40),
    saturation: drawBetween(random, -0.12, 0.12),
    value: drawBetween(random, -0.08, 0.08),
  });
}
