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

/** A photo as an upright JPEG without tags, made smaller where the rule says so. Throws what the decoder says. */
export async function shrinkPhoto(
  source: Uint8Array,
  { longest, whenBothSidesExceed }: ShrinkRule,
): Promise<{ readonly jpeg: Uint8Array; readonly facts: ShrinkFacts }> {
  const { width, height, orientation } = await measure(source);
  let image = upright(source);
  if (Math.min(width, height) > whenBothSidesExceed) {
    image = image.resize({
      width: longest,
      height: longest,
      fit: 'inside',
      withoutEnlargement: true,
      ...areaAveraging,
    });
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
