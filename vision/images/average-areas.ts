import type { Pixels, Size } from './pixels.ts';

/**
 * A photo made smaller, or left as it is, on each side: each new pixel is the mean of the area that it covers, pixels that
 * are cut by its edge counted by their part (what OpenCV calls INTER_AREA). Throws where a side would grow.
 *
 * Rows are made narrow first, each in one pass in which what an edge cuts off is carried on: that reads every pixel
 * once, and leaves little to add up downwards. libvips has no such filter (its `linear` kernel is a triangle of
 * twice the area).
 */
export function averageAreas({ data, width, height }: Pixels, size: Size): Pixels {
  if (size.width > width || size.height > height)
    throw new Error(`Areas of ${width} x ${height} pixels cannot be averaged to ${size.width} x ${size.height}.`);
  const columns = cutAt(width, size.width);
  const rows = cutAt(height, size.height);
  const share = (size.width / width) * (size.height / height);
  const smaller = new Uint8Array(size.width * size.height * 3);
  const narrow = new Float64Array(size.width * 3);
  const sums = new Float64Array(size.width * 3);
  let row = 0;
  const addRow = () => narrowRow(data.subarray(row * width * 3, (row + 1) * width * 3), columns, narrow);
  for (let y = 0; y < size.height; y++) {
    const { whole, part } = rows[y] as Cut;
    for (; row < whole; row++) {
      addRow();
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (narrow[i] as number);
    }
    if (part > 0) addRow();
    const start = y * sums.length;
    for (let i = 0; i < sums.length; i++) {
      const value = part > 0 ? (narrow[i] as number) : 0;
      smaller[start + i] = Math.round(((sums[i] as number) + part * value) * share);
      sums[i] = (1 - part) * value;
    }
    if (part > 0) row++;
  }
  return { ...size, data: smaller };
}

/** Where a new pixel ends: behind so many whole old ones, and this part of the next. */
interface Cut {
  readonly whole: number;
  readonly part: number;
}

function cutAt(length: number, count: number): readonly Cut[] {
  return Array.from({ length: count }, (_, place) => {
    const end = (place + 1) * length;
    return { whole: Math.floor(end / count), part: (end % count) / count };
  });
}

/** Writes sums, not means, of the row's pixels. */
function narrowRow(row: Uint8Array, cuts: readonly Cut[], into: Float64Array): void {
  let from = 0;
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let x = 0; x < cuts.length; x++) {
    const { whole, part } = cuts[x] as Cut;
    for (const end = whole * 3; from < end; from += 3) {
      red += row[from] as number;
      green += row[from + 1] as number;
      blue += row[from + 2] as number;
    }
    const nextRed = part > 0 ? (row[from] as number) : 0;
    const nextGreen = part > 0 ? (row[from + 1] as number) : 0;
    const nextBlue = part > 0 ? (row[from + 2] as number) : 0;
    into[x * 3] = red + part * nextRed;
    into[x * 3 + 1] = green + part * nextGreen;
    into[x * 3 + 2] = blue + part * nextBlue;
    red = (1 - part) * nextRed;
    green = (1 - part) * nextGreen;
    blue = (1 - part) * nextBlue;
    if (part > 0) from += 3;
  }
}
