import { readFile } from 'node:fs/promises';
import sharp, { type ResizeOptions, type Sharp } from 'sharp';
import type { Pixels, Size, Turn } from './pixels.ts';

/** A path, or the bytes of the file. */
export type Source = string | Uint8Array;

export interface OpenRequest {
  readonly source: Source;
  /** Default 0. */
  readonly turn?: Turn;
  /**
   * A width and height, which the photo is stretched to; or its longest side, which keeps its shape and may enlarge it.
   * Both are meant after turning. Absent: as many pixels as it has.
   */
  readonly size?: Size | { readonly longest: number };
}

/** The most pixels that are opened: a header that claims more is more likely a trap than a photo. */
const limitInputPixels = 0x3fff * 0x3fff;

/**
 * How sharp opens a photo everywhere in this project: as it is stored, broken files refused.
 *
 * `failOn: 'error'` refuses truncated files, and lets pass what decoders only warn about, as junk between segments.
 * Of a path libvips reads what it needs by itself, but takes brackets at its end for options.
 */
export function open(source: Source): Sharp {
  return sharp(source, { failOn: 'error', limitInputPixels });
}

/**
 * How photos that `resize` gave out are brought to a network's size or a thumbnail's: a triangle as wide as twice the ratio
 * weighs pixels by their distance, which enlarges as well. sharp's own default, Lanczos, rings at sharp edges and was not taken.
 */
const smooth = { kernel: 'linear', fastShrinkOnLoad: true } as const;

/** Opens a photo upright, turned and resized, as RGB; transparency is laid on white. Throws what the decoder says. */
export async function openPixels({ source, turn = 0, size }: OpenRequest): Promise<Pixels> {
  let image = open(typeof source === 'string' ? await readFile(source) : source).autoOrient();
  if (turn !== 0) image = image.rotate(turn);
  if (size) image = image.resize(fitOf(size));
  return pixelsOf(image);
}

/** What an opened image holds, as RGB; transparency is laid on white. Throws what the decoder says. */
export async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`A photo opened with ${info.channels} colours a pixel instead of 3.`);
  return { width: info.width, height: info.height, data };
}

function fitOf(size: Size | { readonly longest: number }): ResizeOptions {
  if ('longest' in size) return { width: size.longest, height: size.longest, fit: 'inside', ...smooth };
  return { width: size.width, height: size.height, fit: 'fill', ...smooth };
}

/** What a photo's header says; width and height are those of the upright photo. */
export interface Header extends Size {
  /** By its contents: `jpeg`, `png`. */
  readonly format: string;
  /** As EXIF has it, 1 to 8; 1 where it has none. */
  readonly orientation: number;
}

/** Width and height of a photo as it is seen: upright, then turned. Looks at the header alone. */
export async function measure(source: Source, turn: Turn = 0): Promise<Header> {
  const bytes = typeof source === 'string' ? await readFile(source) : source;
  const header = await headerOf(open(bytes));
  const { width, height } = header;
  return turn % 180 === 0 ? header : { ...header, width: height, height: width };
}

/** The header of a photo as it is seen: upright. */
export async function headerOf(image: Sharp): Promise<Header> {
  const { autoOrient, format, orientation = 1 } = await image.metadata();
  return { width: autoOrient.width, height: autoOrient.height, format, orientation };
}
