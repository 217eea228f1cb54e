/**
 * Times finding near duplicates: pairs among 100,000 difference hashes that differ in at most 10 of 64 bits, and pairs of
 * features with a cosine of at least 0.9 among ever more photos.
 *
 * node --import tsx bench/duplicates.ts
 * Hashes are drawn at random, and a tenth of them copied with up to ten bits turned over, so that the pairs are known.
 */
import { countBits } from '../vision/images/hash-distance.ts';
import { findNearHashes } from '../vision/images/near-hashes.ts';
import { findNearFeatures } from '../vision/metrics/near-features.ts';
import { seedRandom } from '../vision/training/random.ts';

const megabytes = () => (process.resourceUsage().maxRSS / 1024).toFixed(0);

function timed<T>(work: () => T): { readonly result: T; readonly text: string } {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(before);
  const [clock, cpu] = [performance.now() - start, (user + system) / 1000].map((time) => (time / 1000).toFixed(2));
  return { result, text: `${clock} s by the clock, ${cpu} s of work` };
}

const random = seedRandom('hashes');
const word = () => Math.floor(random() * 2 ** 32);
const text = (high: number, low: number) =>
  [high, low].map((one) => (one >>> 0).toString(16).padStart(8, '0')).join('');
const count = 100_000;
const hashes: string[] = [];
let planted = 0;
while (hashes.length < count) {
  const [high, low] = [word(), word()];
  hashes.push(text(high, low));
  if (hashes.length % 10 !== 0 || hashes.length === count) continue;
  let [otherHigh, otherLow] = [high, low];
  for (let bit = 0; bit < planted % 11; bit++) {
    const place = Math.floor(random() * 32);
    if (random() < 0.5) otherHigh ^= 1 << place;
    else otherLow ^= 1 << place;
  }
  if (countBits(high ^ otherHigh) + countBits(low ^ otherLow) > 10) throw new Error('too far');
  hashes.push(text(otherHigh, otherLow));
  planted++;
}
const before = megabytes();
const near = timed(() => findNearHashes(hashes, 10));
console.log(`${count} hashes, ${planted} pairs planted: ${near.result.length} pairs found, ${near.text}`);
console.log(`largest memory of the process ${megabytes()} MB, ${before} MB before the search`);

/** Features as a network's: a common direction, a hundred traits that photos share more or less, and grain. */
function drawFeatures(photos: number): { readonly width: number; readonly values: Float32Array } {
  const width = 1280;
  const traits = Array.from({ length: 100 }, () => Float32Array.from({ length: width }, () => random() - 0.5));
  const values = new Float32Array(photos * width);
  for (let photo = 0; photo < photos; photo++) {
    const row = values.subarray(photo * width, (photo + 1) * width).fill(0.3);
    for (const [place, trait] of traits.entries()) {
      const share = ((random() - 0.5) * 4) / Math.sqrt(place + 1);
      for (let at = 0; at < width; at++) row[at] = (row[at] as number) + share * (trait[at] as number);
    }
    const length = Math.hypot(...row);
    for (let at = 0; at < width; at++) row[at] = (row[at] as number) / length;
  }
  return { width, values };
}

for (const photos of [1000, 2000, 4000, 8000]) {
  const features = drawFeatures(photos);
  const { result, text: took } = timed(() => findNearFeatures(features, 0.9));
  console.log(`${photos} features: ${result.length} pairs with a cosine of 0.9, ${took}`);
}
