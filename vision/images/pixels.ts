/** An opened photo: rows from the top, pixels from the left, three bytes (red, green, blue; sRGB) a pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Clockwise degrees by which a photo is turned after it was made upright by its EXIF orientation. */
export type Turn = 0 | 90 | 180 | 270;

export const turns: readonly Turn[] = [0, 90, 180, 270];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The place of a pixel that lies outside `0..length-1`, mirrored at the edges; the edge itself is not repeated. */
export function reflect(place: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const within = ((place % period) + period) % period;
  return within < length ? within : period - within;
}

/** Draws `front` over `back` with its upper left corner at (left, top); what sticks out is cut off. Changes `back`. */
export function paste(back: Pixels, front: Pixels, corner: { readonly left: number; readonly top: number }): void {
  const from = Math.max(0, -corner.left);
  const to = Math.min(front.width, back.width - corner.left);
  if (to <= from) return;
  for (let row = Math.max(0, -corner.top); row < Math.min(front.height, back.height - corner.top); row++) {
    const start = (row * front.width + from) * 3;
    const target = ((row + corner.top) * back.width + corner.left + from) * 3;
    back.data.set(front.data.subarray(start, start + (to - from) * 3), target);
  }
}

export interface Frame extends Size {
  /** Where the photo's upper left corner comes to lie inside the frame. */
  readonly left: number;
  readonly top: number;
}

/** The photo inside a larger frame (or cut by a smaller one), its surroundings filled with its own reflection. */
export function padByReflection(photo: Pixels, frame: Frame): Pixels {
  const data = new Uint8Array(frame.width * frame.height * 3);
  const columns = Int32Array.from({ length: frame.width }, (_, x) => reflect(x - frame.left, photo.width) * 3);
  for (let y = 0; y < frame.height; y++) {
    const row = reflect(y - frame.top, photo.height) * photo.width * 3;
    for (let x = 0; x < frame.width; x++) {
      const source = row + (columns[x] as number);
      const target = (y * frame.width + x) * 3;
      data[target] = photo.data[source] as number;
      data[target + 1] = photo.data[source + 1] as number;
      data[target + 2] = photo.data[source + 2] as number;
    }
  }
  return { width: frame.width, height: frame.height, data };
}

/** The photo turned clockwise by a quarter. */
export function quarterTurn({ width, height, data }: Pixels): Pixels {
  const turned = new Uint8Array(data.length);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) {
      const source = ((height - 1 - x) * width + y) * 3;
      const target = (y * height + x) * 3;
      turned[target] = data[source] as number;
      turned[target + 1] = data[source + 1] as number;
      turned[target + 2] = data[source + 2] as number;
    }
  }
  return { width: height, height: width, data: turned };
}
