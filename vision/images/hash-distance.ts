/** In how many of their 64 bits two hashes differ. */
export function hashDistance(one: string, other: string): number {
  let bits = 0;
  for (let start = 0; start < 16; start += 8) {
    bits += countBits(
      Number.parseInt(one.slice(start, start + 8), 16) ^ Number.parseInt(other.slice(start, start + 8), 16),
    );
  }
  return bits;
}

/** How many bits of a 32-bit number are set. */
export function countBits(value: number): number {
  let rest = value - ((value >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
