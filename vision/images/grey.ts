import type { Pixels } from './pixels.ts';

/** Brightness of each pixel, 0 to 255, by the weights of ITU-R BT.601. */
export function greyOf({ data }: Pixels): Uint8Array {
  const grey = new Uint8Array(data.length / 3);
  for (let place = 0; place < grey.length; place++) {
    const at = place * 3;
    const [red, green, blue] = [data[at] as number, data[at + 1] as number, data[at + 2] as number];
    grey[place] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return grey;
}
