import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { averageAreas } from './average-areas.ts';
import { encodeJpeg, handedOn } from './encode.ts';
import { type Header, measure, openPixels, type Source, upright } from './open.ts';
import type { Size } from './pixels.ts';

export interface ShrinkRule {
  /** The longest side of a photo that is made smaller, in pixels. */
  readonly longest: number;
  /** A photo is made smaller only where both its sides exceed this. */
  readonly whenBothSidesExceed: number;
}

/** What a photo was and became. Width and height are those of the upright photo. */
export interface ShrinkFacts {
  /** SHA-256 of the source's bytes, hexadecimal. */
  readonly digest: string;
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
  const source = await readFile(path);
  const header = await measure(source);
  const { width, height, orientation } = header;
  const size = shrunkSize(header, rule);
  const jpeg = size
    ? await encodeJpeg(averageAreas(await openPixels({ source: halvedSource({ path, source, header, size }) }), size))
    : await upright(source).flatten({ background: 'white' }).toColourspace('srgb').jpeg(handedOn).toBuffer();
  const digest = createHash('sha256').update(source).digest('hex');
  const resized = { resizedWidth: size?.width ?? width, resizedHeight: size?.height ?? height };
  return { jpeg, facts: { digest, bytes: source.length, width, height, ...resized, orientation } };
}

/** Absent where a photo stays as large as it is. */
function shrunkSize({ width, height }: Size, { longest, whenBothSidesExceed }: ShrinkRule): Size | undefined {
  const ratio = longest / Math.max(width, height);
  if (ratio >= 1 || Math.min(width, height) <= whenBothSidesExceed) return undefined;
  return { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) };
}

interface HalvedRequest {
  readonly path: string;
  readonly source: Uint8Array;
  readonly header: Header;
  readonly size: Size;
}

/**
 * Where a JPEG is to lose half of its pixels or more, its decoder gives it at half the size, in little more than half the
 * time: a 4 x 4 inverse cosine transform of each block of 8 x 8 is a mean of 2 x 2 pixels but for the highest
 * frequencies (a mean difference of 0.3 to 1.3 of 255 in the result, on real photos; a quarter of the size: 2 to 7, so
 * that is not done). Not where a side is odd, whose last pixel would stand for half of the others' area.
 *
 * sharp asks for this only where it goes on with a filter of its own; libvips takes it as an option behind the path, in
 * brackets, which a name that ends in one itself would confuse.
 */
function halvedSource({ path, source, header, size }: HalvedRequest): Source {
  const { format, width, height } = header;
  const even = width % 2 === 0 && height % 2 === 0;
  const small = size.width * 2 <= width && size.height * 2 <= height;
  return format === 'jpeg' && even && small && !path.endsWith(']') ? `${path}[shrink=2]` : source;
}

/**
 * The same, with the decoder's words where the photo is broken.
 * Want of memory is thrown: it is the machine's, and must not be remembered as the photo's.
 */
export async function tryShrinking(path: string, rule: ShrinkRule): Promise<ShrunkPhoto | { readonly broken: string }> {
  try {
    return await shrinkPhoto(path, rule);
  } catch (error) {
    const { message } = error as Error;
    if (/memory|allocat/i.test(message)) throw error;
    return { broken: message.trim() };
  }
}
