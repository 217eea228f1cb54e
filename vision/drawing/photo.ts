import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { type Dice, dice } from './dice.ts';
import { drawFigure } from './figure.ts';
import { describeFrame, type Shape, type Size } from './frame.ts';
import type { Light } from './head.ts';
import { indoors } from './indoors.ts';
import { outdoors } from './outdoors.ts';
import { box, createPaper } from './paper.ts';
import { describePerson } from './person.ts';
import { type ClassName, describePose } from './pose.ts';

/** What a photo shows: all the rest follows from the seed. */
export interface Subject {
  readonly name: ClassName;
  readonly shape: Shape;
  readonly seed: readonly (string | number)[];
}

interface Pixels {
  readonly data: Buffer;
  readonly info: { readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };
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
    { ...(await drawUnevenness(frame.drawn, look)), blend: 'atop' },
  ]);
  const standing = await figure.raw().toBuffer({ resolveWithObject: true });
  const layers = [
    { input: standing.data, raw: standing.info },
    { input: paper.finish(frame.drawn, stand(air)) },
    { input: drawVignette(frame.drawn, look) },
    {
      input: drawGrain(look),
      raw: { width: grainSize, height: grainSize, channels: 3 as const },
      tile: true,
      blend: 'overlay' as const,
    },
  ];
  const place = await drawPlace(frame.drawn, dice(...seed, 'place'));
  const taken = await sharp(place.data, { raw: place.info })
    .composite(layers)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return develop(taken, frame.size, look);
}

/** Out of focus, and therefore drawn at half its size. */
async function drawPlace(size: Size, chance: Dice): Promise<Pixels> {
  const half = { width: Math.round(size.width / 2), height: Math.round(size.height / 2) };
  const paper = createPaper();
  const background = chance.pick([...Object.values(indoors), ...Object.values(outdoors)]);
  const markup = background({ paper, dice: chance, ...half });
  const blurred = await sharp(paper.finish(half, markup))
    .flatten({ background: '#777777' })
    .blur(chance.between(0.4, 1) * (half.width / 75))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sharp(blurred.data, { raw: blurred.info })
    .resize(size.width, size.height, { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
}

/** Light from one side over the whole figure. */
function drawLight(size: Size, { side, strength }: Light): Buffer {
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

/** Soft blotches of light and dark that no smooth fill has. An SVG filter for them took half the time of a photo. */
async function drawUnevenness({ width, height }: Size, chance: Dice): Promise<OverlayOptions> {
  const coarse = { width: Math.ceil(width / 14), height: Math.ceil(height / 14), channels: 3 as const };
  const blotches = Buffer.alloc(coarse.width * coarse.height * 3);
  for (let index = 0; index < blotches.length; index += 3)
    blotches.fill(Math.floor(chance.throw() * 256), index, index + 3);
  const { data } = await sharp(blotches, { raw: coarse })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .ensureAlpha(0.05)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { input: data, raw: { width, height, channels: 4 } };
}

function drawVignette(size: Size, chance: Dice): Buffer {
  const paper = createPaper();
  const fill = paper.radial({ x: size.width / 2, y: size.height * 0.45 }, Math.max(size.width, size.height) * 0.75, [
    [0.45, '#000000', 0],
    [1, '#000000', chance.between(0, 0.6)],
  ]);
  return paper.finish(size, box({ x: 0, y: 0, ...size }, { fill }));
}

const grainSize = 160;

/** Grey noise around the middle, which `overlay` leaves alone: libvips' own noise cannot be seeded through sharp. */
function drawGrain(chance: Dice): Buffer {
  const strength = chance.between(3, 34);
  const grain = Buffer.alloc(grainSize * grainSize * 3);
  for (let index = 0; index < grain.length; index += 3) {
    const value = 128 + (chance.throw() + chance.throw() - 1) * strength;
    grain.fill(Math.round(value), index, index + 3);
  }
  return grain;
}

/** Exposure, contrast, colour cast, saturation and focus, and only then the photo's full size, which costs most. */
async function develop({ data, info }: Pixels, size: Size, chance: Dice): Promise<Sharp> {
  const contrast = chance.between(0.78, 1.18);
  const exposure = 128 * (1 - contrast) + chance.between(-26, 22);
  const cast = [0, 1, 2].map(() => contrast * chance.between(0.93, 1.07));
  const saturation = chance.chance(0.05) ? 0 : chance.between(0.6, 1.25);
  const focus = chance.chance(0.3) ? chance.between(0.5, 1.1) : 0;
  const raw = sharp(data, { raw: info }).modulate({ saturation }).linear(cast, [exposure, exposure, exposure]);
  const developed = await (focus > 0 ? raw.blur(focus) : raw).raw().toBuffer({ resolveWithObject: true });
  return sharp(developed.data, { raw: developed.info }).resize(size.width, size.height, {
    fit: 'fill',
    kernel: 'cubic',
  });
}
