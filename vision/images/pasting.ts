import { measure, type OpenRequest, openPixels } from './open.ts';
import { type Pixels, padByReflection, paste, type Size } from './pixels.ts';

/** The contest's figures: a portrait lower than 550 pixels is pasted on 600 x 600, moved by up to 20. */
const side = 600;
const highest = 550;
const mostMoved = 20;

/** A portrait that can be pasted: more than twice as high as wide, and lower than 550 pixels. */
export function isSlim({ width, height }: Size): boolean {
  return height > 2 * width && height < highest;
}

export interface PasteRequest {
  readonly front: Omit<OpenRequest, 'size'>;
  readonly back: Omit<OpenRequest, 'size'>;
  /** How far the portrait is moved from the middle, -1 to 1, of the most that is allowed. */
  readonly right: number;
  readonly down: number;
}

/**
 * Pastes a slim portrait on another photo, which is padded (or cut) to a square, by its own reflection.
 *
 * The square's side is the longest of the background, at most 600. Where it is smaller, the figures shrink with it: a
 * portrait that would then be too high is made smaller, since cut off it would lose a face or a hand.
 */
export async function pasteSlim({ front, back, right, down }: PasteRequest): Promise<Pixels> {
  const ground = await openPixels(back);
  const length = Math.min(side, Math.max(ground.width, ground.height));
  const left = Math.round((length - ground.width) / 2);
  const top = Math.round((length - ground.height) / 2);
  const square = padByReflection(ground, { width: length, height: length, left, top });

  const { height } = await measure(front.source, front.turn);
  const longest = Math.min(height, Math.floor((highest * length) / side));
  const portrait = await openPixels({ ...front, size: { longest } });
  const most = (mostMoved * length) / side;
  paste(square, portrait, {
    left: Math.round((length - portrait.width) / 2 + right * most),
    top: Math.round((length - portrait.height) / 2 + down * most),
  });
  return square;
}
