import type { Pixels, Size } from './pixels.ts';
import { weighRows } from './weigh-rows.ts';

/**
 * A photo made smaller, or left as it is, on each side: each new pixel is the mean of the area that it covers, pixels that
 * are cut by its edge counted by their part (what OpenCV calls INTER_AREA). Throws where a side would grow.
 * `covered` is how many pixels count, where only half of the last column or row does.
 *
 * Rows are added up first, which leaves few to make narrow. All sums are whole numbers, so that a mean is exact but for its
 * rounding. libvips has no such filter (its `linear` kernel is a triangle of twice the area).
 */
export function averageAreas({ data, width, height }: Pixels, size: Size, covered: Size = { width, height }): Pixels {
  if (size.width > width || size.height > height)
    throw new Error(`Areas of ${width} x ${height} pixels cannot be averaged to ${size.width} x ${size.height}.`);
  const columns = cutAt(covered.width, size.width);
  const rows = cutAt(covered.height, size.height);
  const share = 1 / (columns.area * rows.area);
  const rowAt = (row: number) => data.subarray(row * width * 3, (row + 1) * width * 3);
  const { add, sums } = weighRows(width * 3);
  const smaller = new Uint8Array(size.width * size.height * 3);
  let row = 0;
  for (let y = 0; y < size.height; y++) {
    for (; row < (rows.whole[y] as number); row++) add(rowAt(row), rows.unit);
    const part = rows.part[y] as number;
    if (part > 0) add(rowAt(row), part);
    narrow(sums, columns, share, smaller.subarray(y * size.width * 3));
    sums.fill(0);
    // What the edge left over belongs to the next.
    if (part > 0) add(rowAt(row++), rows.unit - part);
  }
  return { ...size, data: smaller };
}

/** Where new pixels end, in units of which both an old and a new pixel have a whole number. */
interface Cuts {
  /** Units of an old pixel. */
  readonly unit: number;
  /** Units of a new pixel. */
  readonly area: number;
  /** Each new pixel ends behind so many whole old ones, and this many units of the next. */
  readonly whole: Int32Array;
  readonly part: Int32Array;
}

function cutAt(length: number, count: number): Cuts {
  // Twice, since the length may end with half a pixel.
  const [unit, area] = [2 * count, 2 * length];
  const ends = Float64Array.from({ length: count }, (_, place) => (place + 1) * area);
  return {
    unit,
    area,
    whole: Int32Array.from(ends, (end) => Math.floor(end / unit)),
    part: Int32Array.from(ends, (end) => end % unit),
  };
}

/** Writes a row of means; `share` is what a unit of rows times one of columns counts. */
function narrow(sums: Int32Array, { whole, part, unit }: Cuts, share: number, into: Uint8Array): void {
  let from = 0;
  // What the edge before left over.
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let x = 0; x < whole.length; x++) {
    // Whole pixels are added up apart from parts: that is a third quicker.
    let wholeRed = 0;
    let wholeGreen = 0;
    let wholeBlue = 0;
    for (const end = (whole[x] as number) * 3; from < end; from += 3) {
      wholeRed += sums[from] as number;
      wholeGreen += sums[from + 1] as number;
      wholeBlue += sums[from + 2] as number;
    }
    red += wholeRed * unit;
    green += wholeGreen * unit;
    blue += wholeBlue * unit;
    const cut = part[x] as number;
    let cutRed = 0;
    let cutGreen = 0;
    let cutBlue = 0;
    if (cut > 0) {
      cutRed = sums[from] as number;
      cutGreen = sums[from + 1] as number;
      cutBlue = sums[from + 2] as number;
      from += 3;
    }
    // An array of bytes drops what is behind the point; Math.round took a third of all the time.
    into[x * 3] = (red + cutRed * cut) * share + 0.5;
    into[x * 3 + 1] = (green + cutGreen * cut) * share + 0.5;
    into[x * 3 + 2] = (blue + cutBlue * cut) * share + 0.5;
    red = cutRed * (unit - cut);
    green = cutGreen * (unit - cut);
    blue = cutBlue * (unit - cut);
  }
}
