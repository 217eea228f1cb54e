import { greyOf } from './grey.ts';
import { type OpenRequest, openPixels } from './open.ts';

const side = 32;

/** A photo's brightness on 32 x 32, moved and scaled to mean 0 and length 1; all nought where it is of one grey. */
export async function greyPrint(request: Omit<OpenRequest, 'size'>): Promise<Float64Array> {
  const grey = Float64Array.from(greyOf(await openPixels({ ...request, size: { width: side, height: side } })));
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  const centred = grey.map((value) => value - mean);
  const length = Math.hypot(...centred);
  return length === 0 ? centred : centred.map((value) => value / length);
}

/** The correlation of two photos' brightness, -1 to 1: blind to exposure and contrast, not to what is where. */
export function likenessOf(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let place = 0; place < one.length; place++) sum += (one[place] as number) * (other[place] as number);
  return sum;
}
