import { greyOf } from './grey.ts';
import { type OpenRequest, openPixels } from './open.ts';

/**
 * The difference hash of a photo (dHash): 16 hexadecimal digits, a bit for each pixel of 8 x 8 that is darker than its
 * right neighbour in a grey copy of 9 x 8. Blind to size, format and brightness; near photos differ in few bits.
 */
export async function differenceHash(request: Omit<OpenRequest, 'size'>): Promise<string> {
  const grey = greyOf(await openPixels({ ...request, size: { width: 9, height: 8 } }));
  let digits = '';
  for (let row = 0; row < 8; row++) {
    let byte = 0;
    for (let column = 0; column < 8; column++) {
      const place = row * 9 + column;
      byte = byte * 2 + ((grey[place] as number) < (grey[place + 1] as number) ? 1 : 0);
    }
    digits += byte.toString(16).padStart(2, '0');
  }
  return digits;
}

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
