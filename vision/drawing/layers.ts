import sharp, { type Sharp } from 'sharp';
import type { Dice } from './dice.ts';
import type { Size } from './frame.ts';
import type { Light } from './head.ts';
import { box, createPaper, type Paper } from './paper.ts';

/** Pixels in the form in which sharp lays one picture over another. */
export interface Pixels {
  readonly input: Buffer;
  readonly raw: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
}

/**
 * Runs what was asked of sharp so far. Its order of steps is fixed, so that other orders need a run each.
 *
 * What else sharp says of the pixels is not handed on: after a resize and a composite it calls even three channels
 * premultiplied, and would then divide by the last.
 */
export async function renderPixels(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { input: data, raw: { width: info.width, height: info.height, channels: info.channels } };
}

export const openPixels = ({ input, raw }: Pixels): Sharp => sharp(input, { raw });

/** Light from one side over the whole figure. */
export function drawLight(size: Size, { side, strength }: Light): Buffer {
  const paper = createPaper();
  const depth = 0.08 + 0.34 * strength;
  const [bright, dark] = ['#fff1d6', '#0a0814'];
  const from = { x: side < 0 ? 0 : size.width, y: 0 };
  const fill = paper.linear(from, { x: size.width - from.x, y: size.height * 0.35 }, [
    [0, bright, depth * 0.6],
    [0.5, bright, 0],
    [0.51, dark, 0],
    [1, dark, depth],
  ]);
  return paper.finish(size, box({ x: 0, y: 0, ...size }, { fill }));
}

/**
 * Soft blotches of light and dark, of so many pixels, that no smooth fill has.
 * SVG's own filter for them (feTurbulence) took half the time of a photo.
 */
export function drawUnevenness(
  { width, height }: Size,
  blotch: { readonly size: number; readonly strength: number },
  chance: Dice,
): Promise<Pixels> {
  const coarse = {
    width: Math.ceil(width / blotch.size),
    height: Math.ceil(height / blotch.size),
    channels: 3 as const,
  };
  const blotches = Buffer.alloc(coarse.width * coarse.height * 3);
  for (let index = 0; index < blotches.length; index += 3) {
    blotches.fill(Math.floor(chance.throw() * 256), index, index + 3);
  }
  const smooth = sharp(blotches, { raw: coarse }).resize(width, height, { fit: 'fill', kernel: 'cubic' });
  return renderPixels(smooth.ensureAlpha(blotch.strength));
}

/** The corners, darker than the middle: markup, to be drawn with what else lies over the whole photo. */
export function drawVignette(paper: Paper, size: Size, chance: Dice): string {
  const fill = paper.radial({ x: size.width / 2, y: size.height * 0.45 }, Math.max(size.width, size.height) * 0.75, [
    [0.45, '#000000', 0],
    [1, '#000000', chance.between(0, 0.45)],
  ]);
  return box({ x: 0, y: 0, ...size }, { fill });
}

const grainSize = 160;

/** A tile of grey noise around the middle, which `overlay` leaves alone: libvips' own cannot be seeded through sharp. */
export function drawGrain(chance: Dice): Pixels {
  const strength = chance.between(3, 26);
  const grain = Buffer.alloc(grainSize * grainSize);
  for (let index = 0; index < grain.length; index += 1) {
    grain[index] = Math.round(128 + (chance.throw() + chance.throw() - 1) * strength);
  }
  return { input: grain, raw: { width: grainSize, height: grainSize, channels: 1 } };
}
