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
