import { createHash } from 'node:crypto';
import { handedOn } from './encode.ts';
import { areaAveraging, measure, upright } from './open.ts';

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

/** A photo as an upright JPEG without tags, made smaller where the rule says so. Throws what the decoder says. */
export async function shrinkPhoto(source: Uint8Array, rule: ShrinkRule): Promise<ShrunkPhoto> {
  const { width, height, orientation } = await measure(source);
  let image = upright(source);
  if (Math.min(width, height) > rule.whenBothSidesExceed) {
    const box = { width: rule.longest, height: rule.longest, fit: 'inside', withoutEnlargement: true } as const;
    image = image.resize({ ...box, ...areaAveraging });
  }
  const { data, info } = await image
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .jpeg(handedOn)
    .toBuffer({ resolveWithObject: true });
  const digest = createHash('sha256').update(source).digest('hex');
  const resized = { resizedWidth: info.width, resizedHeight: info.height };
  return { jpeg: data, facts: { digest, bytes: source.length, width, height, ...resized, orientation } };
}

/**
 * The same, with the decoder's words where the photo is broken.
 * Want of memory is thrown: it is the machine's, and must not be remembered as the photo's.
 */
export async function tryShrinking(
  source: Uint8Array,
  rule: ShrinkRule,
): Promise<ShrunkPhoto | { readonly broken: string }> {
  try {
    return await shrinkPhoto(source, rule);
  } catch (error) {
    const { message } = error as Error;
    if (/memory|allocat/i.test(message)) throw error;
    return { broken: message.trim() };
  }
}
