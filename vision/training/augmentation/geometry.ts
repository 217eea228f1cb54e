import { type Pixels, reflect } from '../../images/pixels.ts';
import { drawBetween, type Random } from '../random.ts';

/** How a photo is laid into the network's square. */
export interface Geometry {
  /** What fills the square beside a photo that is no square: the photo's reflection, or black. */
  readonly fill: 'reflection' | 'constant';
  /** To the right and down, as shares of the square's side. */
  readonly shift: readonly [number, number];
  /** Above 1 enlarges. */
  readonly scale: number;
  /** Clockwise. */
  readonly degrees: number;
  /** Left and right change places. */
  readonly flipped: boolean;
}

/** Validation and prediction: the whole photo in the middle of the square, nothing drawn at random. */
export const plainGeometry: Geometry = { fill: 'reflection', shift: [0, 0], scale: 1, degrees: 0, flipped: false };

/** The contest's draw: reflection 0.7 or constant 0.3; shift ± 0.1, scale 1 ± 0.1, ± 20° with p 0.6; flip with 0.5. */
export function drawGeometry(random: Random): Geometry {
  const fill = random() < 0.7 ? 'reflection' : 'constant';
  const flipped = random() < 0.5;
  if (random() >= 0.6) return { ...plainGeometry, fill, flipped };
  return {
    fill,
    flipped,
    shift: [drawBetween(random, -0.1, 0.1), drawBetween(random, -0.1, 0.1)],
    scale: drawBetween(random, 0.9, 1.1),
    degrees: drawBetween(random, -20, 20),
  };
}

/** Which column (or row) of the photo lies at each place from -size to 2 size - 1 of the square; -1 where none does. */
function placesOf(length: number, size: number, fill: Geometry['fill']): Int32Array {
  const margin = Math.floor((size - length) / 2);
  return Int32Array.from({ length: 3 * size }, (_, at) => {
    const place = reflect(at - size, size) - margin;
    if (fill === 'constant' && (place < 0 || place >= length)) return -1;
    return reflect(place, length);
  });
}

/**
 * The photo, whose longest side must be at most `size`, in a square of `size` x `size`, in one bilinear pass.
 * One pass and not one a step (padding, turning, flipping), because each interpolation blurs and costs its time again.
 */
export function framePhoto(photo: Pixels, size: number, geometry: Geometry): Pixels {
  const { shift, scale, degrees, flipped, fill } = geometry;
  const columns = placesOf(photo.width, size, fill);
  const rows = placesOf(photo.height, size, fill);
  const centre = (size - 1) / 2;
  const cosine = Math.cos((degrees * Math.PI) / 180) / scale;
  const sine = Math.sin((degrees * Math.PI) / 180) / scale;
  const data = new Uint8Array(size * size * 3);
  const at = (row: number, column: number): number => (row < 0 || column < 0 ? -1 : (row * photo.width + column) * 3);
  for (let y = 0; y < size; y++) {
    const down = y - centre - shift[1] * size;
    for (let x = 0; x < size; x++) {
      const right = (flipped ? centre - x : x - centre) - shift[0] * size;
      const fromX = Math.min(2 * size - 2, Math.max(-size, cosine * right + sine * down + centre));
      const fromY = Math.min(2 * size - 2, Math.max(-size, cosine * down - sine * right + centre));
      const left = Math.floor(fromX);
      const top = Math.floor(fromY);
      const partX = fromX - left;
      const partY = fromY - top;
      const column = columns[left + size] as number;
      const nextColumn = columns[left + size + 1] as number;
      const row = rows[top + size] as number;
      const nextRow = rows[top + size + 1] as number;
      const a = at(row, column);
      const b = at(row, nextColumn);
      const c = at(nextRow, column);
      const d = at(nextRow, nextColumn);
      for (let colour = 0; colour < 3; colour++) {
        const upper = pixelAt(photo, a, colour) * (1 - partX) + pixelAt(photo, b, colour) * partX;
        const lower = pixelAt(photo, c, colour) * (1 - partX) + pixelAt(photo, d, colour) * partX;
        data[(y * size + x) * 3 + colour] = Math.round(upper * (1 - partY) + lower * partY);
      }
    }
  }
  return { width: size, height: size, data };
}

function pixelAt(photo: Pixels, place: number, colour: number): number {
  return place < 0 ? 0 : (photo.data[place + colour] as number);
}
