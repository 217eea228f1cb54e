import { type Pixels, reflect } from '../../images/pixels.ts';
import { drawBetween, drawNormal, drawOne, type Random } from '../random.ts';
import type { Change } from './colour.ts';

/** A neighbour's place relative to a pixel, and its weight in the mean; the weights of a list add up to 1. */
interface Tap {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** The weighted mean of each pixel's neighbours, mirrored at the edges. */
function weighNeighbours({ width, height, data }: Pixels, taps: readonly Tap[]): Pixels {
  const sums = new Float32Array(data.length);
  for (const { x: right, y: down, weight } of taps) {
    const columns = Int32Array.from({ length: width }, (_, x) => reflect(x + right, width) * 3);
    for (let y = 0; y < height; y++) {
      const row = reflect(y + down, height) * width * 3;
      for (let x = 0; x < width; x++) {
        const from = row + (columns[x] as number);
        const to = (y * width + x) * 3;
        sums[to] = (sums[to] as number) + weight * (data[from] as number);
        sums[to + 1] = (sums[to + 1] as number) + weight * (data[from + 1] as number);
        sums[to + 2] = (sums[to + 2] as number) + weight * (data[from + 2] as number);
      }
    }
  }
  const blurred = new Uint8Array(sums.length);
  for (let i = 0; i < sums.length; i++) blurred[i] = Math.round(sums[i] as number);
  return { width, height, data: blurred };
}

/** The mean along a line of `length` pixels (odd) through each pixel, `degrees` from the horizontal. */
export const blurByMotion =
  (length: number, degrees: number): Change =>
  (photo) => {
    const angle = (degrees * Math.PI) / 180;
    const taps = Array.from({ length }, (_, i) => ({
      x: Math.round((i - (length - 1) / 2) * Math.cos(angle)),
      y: Math.round((i - (length - 1) / 2) * Math.sin(angle)),
      weight: 1 / length,
    }));
    return weighNeighbours(photo, taps);
  };

/** A Gaussian cut at `length` pixels (odd), whose deviation follows from the length by OpenCV's rule. */
export const blurByGaussian =
  (length: number): Change =>
  (photo) => {
    const deviation = 0.3 * ((length - 1) / 2 - 1) + 0.8;
    const places = Array.from({ length }, (_, i) => i - (length - 1) / 2);
    const heights = places.map((place) => Math.exp(-(place * place) / (2 * deviation * deviation)));
    const total = heights.reduce((sum, value) => sum + value, 0);
    const line = places.map((place, i) => ({ place, weight: (heights[i] as number) / total }));
    const across = weighNeighbours(
      photo,
      line.map(({ place, weight }) => ({ x: place, y: 0, weight })),
    );
    return weighNeighbours(
      across,
      line.map(({ place, weight }) => ({ x: 0, y: place, weight })),
    );
  };

/** The median of a square of `length` x `length` pixels (odd), by a histogram that slides along the row (Huang, 1979). */
export const blurByMedian =
  (length: number): Change =>
  ({ width, height, data }) => {
    const blurred = new Uint8Array(data.length);
    const reach = (length - 1) / 2;
    const half = (length * length - 1) / 2;
    const columns = Int32Array.from({ length: width + 2 * reach }, (_, x) => reflect(x - reach, width) * 3);
    const rows = new Int32Array(length);
    const counts = new Int32Array(256);
    for (let row = 0; row < height * 3; row++) {
      const colour = row % 3;
      const y = (row - colour) / 3;
      for (let i = 0; i < length; i++) rows[i] = reflect(y + i - reach, height) * width * 3 + colour;
      counts.fill(0);
      let median = 0;
      let below = 0;
      for (let x = 0; x < columns.length; x++) {
        for (let i = 0; i < length; i++) {
          const added = data[(rows[i] as number) + (columns[x] as number)] as number;
          counts[added] = (counts[added] as number) + 1;
          if (added < median) below++;
          if (x < length) continue;
          const gone = data[(rows[i] as number) + (columns[x - length] as number)] as number;
          counts[gone] = (counts[gone] as number) - 1;
          if (gone < median) below--;
        }
        if (x < length - 1) continue;
        while (below > half) below -= counts[--median] as number;
        while (below + (counts[median] as number) <= half) below += counts[median++] as number;
        blurred[(y * width + x - length + 1) * 3 + colour] = median;
      }
    }
    return { width, height, data: blurred };
  };

/** Adds to every value a normal one of this deviation, in steps of the range of 256. */
export const addNoise =
  (deviation: number, random: Random): Change =>
  (photo) => {
    const noisy = new Uint8ClampedArray(photo.data.length);
    for (let i = 0; i < noisy.length; i++) noisy[i] = (photo.data[i] as number) + deviation * drawNormal(random);
    return { ...photo, data: new Uint8Array(noisy.buffer) };
  };

/**
 * One of motion, median and Gaussian blur and noise with a variance of 10 to 50.
 *
 * The contest's blurs are 3 to 7 pixels long on photos of 600; on smaller ones they shrink along, but not below 3,
 * since 7 pixels of 96 would wipe out a cigarette.
 */
export function drawBlur(random: Random, size: number): Change {
  const kind = drawOne(random, ['motion', 'median', 'gaussian', 'noise'] as const);
  if (kind === 'noise') return addNoise(Math.sqrt(drawBetween(random, 10, 50)), random);
  const length = Math.max(3, 2 * Math.round((drawOne(random, [3, 5, 7]) * size) / 1200 - 0.5) + 1);
  if (kind === 'motion') return blurByMotion(length, drawBetween(random, 0, 180));
  return kind === 'median' ? blurByMedian(length) : blurByGaussian(length);
}
