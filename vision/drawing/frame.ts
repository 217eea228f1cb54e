import type { Dice } from './dice.ts';
import type { Point } from './paper.ts';
import type { Room } from './pose.ts';

/**
 * `camera`: as large as a phone's camera makes them; `slim`: more than twice as high as wide, and less
 * than 550 pixels high; `large`: longer than 1,300 pixels; `ordinary`: as the web is full of them.
 */
export type Shape = 'camera' | 'large' | 'slim' | 'ordinary';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A photo's size, the smaller one that it is drawn at, and where the figure stands in it. */
export interface Frame {
  readonly size: Size;
  readonly drawn: Size;
  /** Pixels of the drawing a unit of the figure, where its origin lies, and how far the camera is tilted in degrees. */
  readonly scale: number;
  readonly origin: Point;
  readonly roll: number;
  readonly room: Room;
}

/** SVG filters cost by the pixel, so that large photos are drawn at this length and scaled up. */
const longestDrawn = 640;
/** Phone and cigarette lie within so many units of the face's middle, hats within so many above it. */
const [aside, above] = [86, 76];

export function describeFrame(shape: Shape, dice: Dice): Frame {
  const size = describeSize(shape, dice);
  const shrink = Math.min(1, longestDrawn / Math.max(size.width, size.height));
  const drawn = { width: Math.round(size.width * shrink), height: Math.round(size.height * shrink) };
  const slimness = drawn.height / drawn.width;
  // From head and shoulders to half the body; never so near that a hand beside the face is cut off.
  const least = Math.max(186, aside * 2.04 * slimness);
  const units = { height: dice.between(least, Math.max(least * 1.06, 245)), width: 0 };
  units.width = units.height / slimness;
  const middle = {
    x: dice.between(aside, units.width - aside),
    y: dice.between(above, Math.max(above + 8, units.height * 0.44)),
  };
  const scale = drawn.height / units.height;
  return {
    size,
    drawn,
    scale,
    origin: { x: middle.x * scale, y: middle.y * scale },
    roll: dice.between(-5, 5),
    room: { left: middle.x, right: units.width - middle.x, bottom: units.height - middle.y },
  };
}

function describeSize(shape: Shape, dice: Dice): Size {
  if (shape === 'slim') {
    const width = dice.whole(190, 236);
    return { width, height: Math.round(width * dice.between(2.05, 2.3)) };
  }
  if (shape === 'camera') return dice.chance(0.7) ? { width: 3024, height: 4032 } : { width: 4032, height: 3024 };
  const longest = shape === 'large' ? dice.whole(1300, 2000) : dice.whole(320, 900);
  const shortest = (ratios: readonly number[]) => Math.round(longest * dice.pick(ratios));
  // A wider picture would leave the figure too small in it.
  return dice.chance(0.66)
    ? { width: shortest([1, 0.8, 0.75, 0.75, 0.667, 0.5625]), height: longest }
    : { width: longest, height: shortest([1, 0.8, 0.75, 0.667]) };
}
