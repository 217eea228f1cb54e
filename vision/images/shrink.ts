import { readFile, stat } from 'node:fs/promises';
import { averageAreas } from './average-areas.ts';
import { encodeJpeg, handedOn } from './encode.ts';
import { type Header, headerOf, open, pixelsOf } from './open.ts';
import type { Pixels, Size } from './pixels.ts';

export interface ShrinkRule {
  /** The longest side of a photo that is made smaller, in pixels. */
  readonly longest: number;
  /** A photo is made smaller only where both its sides exceed this. */
  readonly whenBothSidesExceed: number;
}

/** What a photo was and became. Width and height are those of the upright photo. */
export interface ShrinkFacts {
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly resizedWidth: number;
  readonly resizedHeight: number;
  /** The EXIF orientation that was obeyed, 1 to 8; 1 where there was none. */
  readonly orientation: number;
}

export interface ShrunkPhoto {
  readonly jpeg: Uint8Array;
  readonly facts: ShrinkFacts;
}

/** The photo at a path as an upright JPEG without tags, made smaller where the rule says so. Throws what the decoder says. */
export async function shrinkPhoto(path: string, rule: ShrinkRule): Promise<ShrunkPhoto> {
  const { size: bytes } = await stat(path);
  const source = path.endsWith(']') ? await readFile(path) : path;
  const header = await headerOf(open(source));
  const { width, height, orientation } = header;
  const size = shrunkSize(header, rule);
  const jpeg = size
    ? await encodeJpeg(await averageStored({ source, header, size }), orientation)
    : await open(source).autoOrient().flatten({ background: 'white' }).toColourspace('srgb').jpeg(handedOn).toBuffer();
  const resized = { resizedWidth: size?.width ?? width, resizedHeight: size?.height ?? height };
  return { jpeg, facts: { bytes, width, height, ...resized, orientation } };
}

/** Absent where a photo stays as large as it is. */
function shrunkSize({ width, height }: Size, { longest, whenBothSidesExceed }: ShrinkRule): Size | undefined {
  const ratio = longest / Math.max(width, height);
  if (ratio >= 1 || Math.min(width, height) <= whenBothSidesExceed) return undefined;
  return { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) };
}

interface AverageRequest {
  /** A path that ends in no bracket, or the bytes of the file. */
  readonly source: string | Uint8Array;
  readonly header: Header;
  /** Upright, as the header's. */
  readonly size: Size;
}

/**
 * The photo at its new size, but as it is stored: what is small is turned in no time.
 *
 * Where a JPEG is to lose half of its pixels or more, its decoder gives it at half the size, in little more than half the
 * time: a 4 x 4 inverse cosine transform of each block of 8 x 8 is a mean of 2 x 2 pixels but for the highest
 * frequencies (a mean difference of 0.3 to 1.3 of 255 in the result, on real photos; a quarter of the size: 2 to 7, so
 * that is not done). libvips drops the last pixel of an odd side; its neighbour stands in for it, as half a pixel more.
 *
 * sharp asks for this only where it goes on with a filter of its own; libvips takes it as an option behind the path, in
 * brackets, which a name that ends in one itself would confuse.
 */
async function averageStored({ source, header, size }: AverageRequest): Promise<Pixels> {
  const [stored, smaller] = header.orientation > 4 ? [turned(header), turned(size)] : [header, size];
  const small = smaller.width * 2 <= stored.width && smaller.height * 2 <= stored.height;
  if (header.format !== 'jpeg' || !small || typeof source !== 'string')
    return averageAreas(await pixelsOf(open(source)), smaller);
  const half = open(`${source}[shrink=2]`);
  const missing = { right: stored.width % 2, bottom: stored.height % 2 };
  // Even where nothing is missing libvips would copy the photo once more.
  if (missing.right + missing.bottom > 0) half.extend({ ...missing, extendWith: 'copy' });
  return averageAreas(await pixelsOf(half), smaller, { width: stored.width / 2, height: stored.height / 2 });
}

function turned({ width, height }: Size): Size {
  return { width: height, height: width };
}

/**
 * The same, with the decoder's words where the photo is broken.
 * What is the machine's fault (want of memory, a file that is gone) or this project's is thrown, and not remembered as
 * the photo's.
 */
export async function tryShrinking(path: string, rule: ShrinkRule): Promise<ShrunkPhoto | { readonly broken: string }> {
  try {
    return await shrinkPhoto(path, rule);
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    if (name !== 'Error' || code !== undefined || /memory|allocat/i.test(message)) throw error;
    return { broken: message.trim() };
  }
}
