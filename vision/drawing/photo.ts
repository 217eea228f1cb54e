import sharp, { type Matrix3x3, type OverlayOptions, type Sharp } from 'sharp';
import { type Dice, dice } from './dice.ts';
import { drawFigure } from './figure.ts';
import { describeFrame, type Shape, type Size } from './frame.ts';
import type { Light } from './head.ts';
import { indoors } from './indoors.ts';
import { drawGrain, drawLight, drawUnevenness, drawVignette, openPixels, type Pixels, renderPixels } from './layers.ts';
import { outdoors } from './outdoors.ts';
import { createPaper } from './paper.ts';
import { describePerson } from './person.ts';
import { type ClassName, describePose } from './pose.ts';

/** What a photo shows: all the rest follows from the seed. */
export interface Subject {
  readonly name: ClassName;
  readonly shape: Shape;
  readonly seed: readonly (string | number)[];
}

/** Draws one photo: a person before a blurred place, then what lens, sensor and development do to it. */
export async function drawPhoto({ name, shape, seed }: Subject): Promise<Sharp> {
  // Each part has dice of its own, so that the class cannot reach into place, person or light.
  const frame = describeFrame(shape, dice(...seed, 'frame'));
  const person = describePerson(dice(...seed, 'person'));
  const pose = describePose(name, frame.room, dice(...seed, 'pose'));
  const look = dice(...seed, 'look');
  const light: Light = { side: look.between(-1, 1), strength: look.throw() };

  const paper = createPaper();
  const { body, air } = drawFigure(paper, { person, pose, room: frame.room, light }, dice(...seed, 'figure'));
  const stand = (markup: string) =>
    `<g transform="translate(${frame.origin.x} ${frame.origin.y}) rotate(${frame.roll}) scale(${frame.scale})">${markup}</g>`;
  const figure = sharp(paper.finish(frame.drawn, stand(body))).composite([
    { input: drawLight(frame.drawn, light), blend: 'atop' },
    { ...(await drawUnevenness(frame.drawn, { size: 14, strength: 0.05 }, look)), blend: 'atop' },
  ]);
  const layers: OverlayOptions[] = [
    await renderPixels(figure),
    { input: paper.finish(frame.drawn, stand(air) + drawVignette(paper, frame.drawn, look)) },
    { ...drawGrain(look), tile: true, blend: 'overlay' },
  ];
  const place = await drawPlace(frame.drawn, dice(...seed, 'place'));
  const taken = await renderPixels(openPixels(place).composite(layers).removeAlpha());
  return develop(taken, frame.size, look);
}

/** Out of focus, and therefore drawn at less than half its size. */
async function drawPlace(size: Size, chance: Dice): Promise<Pixels> {
  const small = { width: Math.round(size.width * 0.42), height: Math.round(size.height * 0.42) };
  const paper = createPaper();
  const background = chance.pick([...Object.values(indoors), ...Object.values(outdoors)]);
  const markup = background({ paper, dice: chance, ...small });
  const blotches = { size: chance.between(4, 25), strength: chance.between(0.02, 0.1) };
  const blurred = sharp(paper.finish(small, markup))
    .flatten({ background: '#777777' })
    .blur(chance.between(0.4, 1) * (small.width / 75))
    .composite([await drawUnevenness(small, blotches, chance)])
    .removeAlpha();
  return renderPixels(openPixels(await renderPixels(blurred)).resize(size.width, size.height, { fit: 'fill' }));
}

/** Exposure, contrast, colour cast, saturation and focus, and only then the photo's full size, which costs most. */
async function develop(taken: Pixels, size: Size, chance: Dice): Promise<Sharp> {
  const contrast = chance.between(0.86, 1.16);
  const exposure = 128 * (1 - contrast) + chance.between(-16, 18);
  const cast = [0, 1, 2].map(() => contrast * chance.between(0.93, 1.07));
  const saturation = chance.chance(0.05) ? 0 : chance.between(0.6, 1.25);
  const focus = chance.chance(0.3) ? chance.between(0.5, 1.1) : 0;
  const raw = openPixels(taken).recomb(saturate(saturation)).linear(cast, [exposure, exposure, exposure]);
  const developed = await renderPixels(focus > 0 ? raw.blur(focus) : raw);
  return openPixels(developed).resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' });
}

/**
 * Moves each colour from (0) or beyond (above 1) its grey, by the luma weights of BT.601.
 * sharp's own `modulate` goes through another colour space, which took a fifth of the time of a photo.
 */
function saturate(share: number): Matrix3x3 {
  const [red, green, blue] = [0.299, 0.587, 0.114].map((weight) => weight * (1 - share)) as [number, number, number];
  return [
    [red + share, green, blue],
    [red, green + share, blue],
    [red, green, blue + share],
  ];
}
