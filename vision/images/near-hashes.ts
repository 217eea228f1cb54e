import { countBits } from './hash-distance.ts';

/** Two places of a list, the smaller first. */
export type Pair = readonly [number, number];

/**
 * All pairs of 64-bit hashes (16 hexadecimal digits) that differ in at most `most` bits, 0 to 15.
 *
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012): hashes are sorted by each of their four 16-bit parts, and in one of
 * them at least two near ones differ in few bits (see `radiusOf`), so that only neighbours by such changes are compared.
 * Exact, and much faster at 100,000 hashes than comparing all with all.
 */
export function findNearHashes(hashes: readonly string[], most: number): Pair[] {
  const left = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(0, 8), 16));
  const right = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(8), 16));
  const parts = [left.map(high), left.map(low), right.map(high), right.map(low)];
  const pairs: Pair[] = [];
  parts.forEach((values, part) => {
    const { starts, order } = sortByValue(values);
    // In the order of the part, since neighbours are then read one behind the other.
    const words = { left: left.slice(), right: right.slice() };
    order.forEach((place, at) => {
      words.left[at] = left[place] as number;
      words.right[at] = right[place] as number;
    });
    const isKnown = (one: number, other: number): boolean =>
      parts.slice(0, part).some((known, earlier) => bitsBetween(known, one, other) <= radiusOf(earlier, most));
    const compare = (one: number, from: number, to: number): void => {
      for (let other = from; other < to; other++) {
        const bits = bitsBetween(words.left, one, other);
        if (bits > most || bits + bitsBetween(words.right, one, other) > most) continue;
        const places = [order[one] as number, order[other] as number] as const;
        if (!isKnown(...places)) pairs.push([Math.min(...places), Math.max(...places)]);
      }
    };
    const changes = changesOf(radiusOf(part, most));
    for (let value = 0; value < 65536; value++) {
      const [from, to] = [starts[value] as number, starts[value + 1] as number];
      if (from === to) continue;
      for (const change of changes) {
        const other = value ^ change;
        // Each two values are looked at once, from the smaller one.
        if (other < value) continue;
        const [otherFrom, otherTo] = [starts[other] as number, starts[other + 1] as number];
        for (let one = from; one < to; one++) compare(one, change === 0 ? one + 1 : otherFrom, otherTo);
      }
    }
  });
  return pairs;
}

/**
 * In how many bits near hashes may differ in a part, if they differ in more in all others: with `most` = 4 s + a, in s
 * bits of one of the first a + 1 parts, or s - 1 of another; else they would differ in 4 s + a + 1 at least.
 */
function radiusOf(part: number, most: number): number {
  return Math.floor(most / 4) - (part <= most % 4 ? 0 : 1);
}

function changesOf(radius: number): number[] {
  return Array.from({ length: 65536 }, (_, value) => value).filter((value) => countBits(value) <= radius);
}

function high(word: number): number {
  return word >>> 16;
}

function low(word: number): number {
  return word & 0xffff;
}

/** The places of 16-bit values, sorted by value, and where each value's begin. */
function sortByValue(values: Uint32Array): { readonly starts: Uint32Array; readonly order: Uint32Array } {
  const starts = new Uint32Array(65537);
  for (const value of values) starts[value + 1] = (starts[value + 1] as number) + 1;
  for (let value = 0; value < 65536; value++)
    starts[value + 1] = (starts[value + 1] as number) + (starts[value] as number);
  const next = starts.slice();
  const order = new Uint32Array(values.length);
  values.forEach((value, place) => {
    order[next[value] as number] = place;
    next[value] = (next[value] as number) + 1;
  });
  return { starts, order };
}

function bitsBetween(values: Uint32Array, one: number, other: number): number {
  return countBits((values[one] as number) ^ (values[other] as number));
}
