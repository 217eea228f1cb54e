import { createHash } from 'node:crypto';

/**
 * Uniform in [0, 1) with 53 bits, the same for the same seed on every machine.
 *
 * sfc32 of Chris Doty-Humphrey's PractRand (public domain): 128 bits of state, of which a counter of 32 bits rules out
 * short periods. The state is the first half of the seed's SHA-256, so that alike seeds give unlike streams. Math.random
 * cannot be seeded, and node:crypto's generators are hundreds of times slower.
 */
export function seededRandom(seed: string): () => number {
  const digest = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => digest.readUInt32LE(at)) as [number, number, number, number];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}
