import type { Pixels, Size } from './pixels.ts';

/**
 * A photo made smaller, or left as it is, on each side: each new pixel is the mean of the area that it covers, pixels that
 * are cut by its edge counted by their part (what OpenCV calls INTER_AREA). Throws where a side would grow.
 * `covered` is how many pixels count, where only a part of the last column or row does.
 *
 * Rows are made narrow first, each in one pass in which what an edge cuts off is carried on: that reads every pixel
 * once, and leaves little to add up downwards. libvips has no such filter (its `linear` kernel is a triangle of
 * twice the area).
 */
export function averageAreas({ data, width, height }: Pixels, size: Size, covered: Size = { width, height }): Pixels {
  if (size.width > width || size.height > height)
    throw new Error(`Areas of ${width} x ${height} pixels cannot be averaged to ${size.width} x ${size.height}.`);
  const columns = cutAt(covered.width, size.width);
  const rows = cutAt(covered.height, size.height);
  const share = (size.width / covered.width) * (size.height / covered.height);
  const smaller = new Uint8Array(size.width * size.height * 3);
  const narrow = new Float32Array(size.width * 3);
  const sums = new Float32Array(size.width * 3);
  let row = 0;
  for (let y = 0; y < size.height; y++) {
    for (; row < (rows.whole[y] as number); row++) {
      narrowRow(data, row * width * 3, columns, narrow);
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (narrow[i] as number);
    }
    const part = rows.part[y] as number;
    if (part > 0) narrowRow(data, row++ * width * 3, columns, narrow);
    else narrow.fill(0);
    const start = y * sums.length;
    for (let i = 0; i < sums.length; i++) {
      const cut = narrow[i] as number;
      // An array of bytes drops what is behind the point; Math.round took a third of all the time.
      smaller[start + i] = ((sums[i] as number) + part * cut) * share + 0.5;
      sums[i] = (1 - part) * cut;
    }
  }
  return { ...size, data: smaller };
}

/** Where each new pixel ends: behind so many whole old ones, and this part of the next. Plain arrays, for the time it takes. */
interface Cuts {
  readonly whole: Int32Array;
  readonly part: Float64Array;
}

function cutAt(length: number, count: number): Cuts {
  const ends = Float64Array.from({ length: count }, (_, place) => (place + 1) * length);
  return {
    whole: Int32Array.from(ends, (end) => Math.floor(end / count)),
    part: ends.map((end) => (end % count) / count),
  };
}

/** Writes sums, not means, of the pixels of the row that starts at a place of `data`. */
function narrowRow(data: Uint8Array, start: number, { whole, part }: Cuts, into: Float32Array): void {
  let from = start;
  // What the edge before left over.
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let x = 0; x < whole.length; x++) {
    // Whole numbers are added up apart from fractions: that is a third quicker.
    let wholeRed = 0;
    let wholeGreen = 0;
    let wholeBlue = 0;
    for (const end = start + (whole[x] as number) * 3; from < end; from += 3) {
      wholeRed += data[from] as number;
      wholeGreen += data[from + 1] as number;
      wholeBlue += data[from + 2] as number;
    }
    red += wholeRed;
    green += wholeGreen;
    blue += wholeBlue;
    const share = part[x] as number;
    if (share > 0) {
      const cutRed = data[from] as number;
      const cutGreen = data[from + 1] as number;
      const cutBlue = data[from + 2] as number;
      into[x * 3] = red + share * cutRed;
      into[x * 3 + 1] = green + share * cutGreen;
      into[x * 3 + 2] = blue + share * cutBlue;
      red = (1 - share) * cutRed;
      green = (1 - share) * cutGreen;
      blue = (1 - share) * cutBlue;
      from += 3;
    } else {
      into[x * 3] = red;
      into[x * 3 + 1] = green;
      into[x * 3 + 2] = blue;
      red = 0;
      green = 0;
      blue = 0;
    }
  }
}
