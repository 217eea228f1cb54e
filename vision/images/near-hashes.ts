import { countBits } from './hash-distance.ts';

/** Two places of a list, the smaller first. */
export type Pair = readonly [number, number];

/**
 * All pairs of 64-bit hashes (16 hexadecimal digits) that differ in at most `most` bits, 0 to 15.
 *
 * Multi-index hashing (Norouzi, Punjani, Fleet 2012): of four 16-bit parts at least one differs in at most a quarter of
 * `most`, so each part is looked up in a table with every such change. Exact, and several times faster at 100,000
 * hashes than comparing all with all.
 */
export function findNearHashes(hashes: readonly string[], most: number): Pair[] {
  const left = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(0, 8), 16));
  const right = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(8), 16));
  const parts = [left.map((word) => word >>> 16), left.map(low), right.map((word) => word >>> 16), right.map(low)];
  const nearest = Math.floor(most / 4);
  const changes = Array.from({ length: 65536 }, (_, value) => value).filter((value) => countBits(value) <= nearest);
  const pairs: Pair[] = [];
  parts.forEach((values, part) => {
    const earlier = parts.slice(0, part);
    const { starts, order } = sortByValue(values);
    for (let one = 0; one < hashes.length; one++) {
      for (const change of changes) {
        const value = (values[one] as number) ^ change;
        for (let at = starts[value] as number; at < (starts[value + 1] as number); at++) {
          const other = order[at] as number;
          if (other <= one) continue;
          const bits = bitsBetween(left, one, other);
          if (bits > most || bits + bitsBetween(right, one, other) > most) continue;
          // An earlier part's table has brought these two together already.
          if (earlier.some((known) => bitsBetween(known, one, other) <= nearest)) continue;
          pairs.push([one, other]);
        }
      }
    }
  });
  return pairs;
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
