import { type Colour, darken, hsl, lighten, mix } from './colour.ts';
import type { Dice } from './dice.ts';

/**
 * One person. Lengths are in hundredths of a head's height, the unit of the whole figure,
 * whose origin is the middle of the face; x grows to the right of the picture, y downwards.
 */
export interface Person {
  readonly skin: Colour;
  /** Half the width of the head, the chin's distance below the middle, and how square the jaw is (0 to 1). */
  readonly face: { readonly width: number; readonly chin: number; readonly jaw: number };
  /** How far the face looks to the left (-1) or right (1), and the head's lean in degrees. */
  readonly yaw: number;
  readonly lean: number;
  readonly age: number;
  readonly eyes: { readonly colour: Colour; readonly size: number; readonly open: number; readonly gaze: number };
  readonly brows: { readonly colour: Colour; readonly width: number; readonly lift: number };
  readonly nose: { readonly width: number; readonly length: number };
  readonly mouth: { readonly width: number; readonly smile: number; readonly open: number; readonly colour: Colour };
  readonly hair: { readonly style: HairStyle; readonly colour: Colour; readonly volume: number; readonly part: number };
  readonly beard: Beard;
  readonly glasses?: { readonly kind: 'round' | 'square' | 'sun'; readonly colour: Colour };
  readonly hat?: { readonly kind: 'beanie' | 'cap' | 'brim' | 'scarf' | 'hood'; readonly colour: Colour };
  readonly earring?: Colour;
  readonly clothes: Clothes;
}

export interface Clothes {
  readonly kind: 'tee' | 'shirt' | 'hoodie' | 'jacket' | 'turtleneck' | 'vneck' | 'tank';
  readonly colour: Colour;
  readonly second: Colour;
  readonly pattern: 'plain' | 'stripes' | 'pinstripes' | 'plaid' | 'dots' | 'print';
  readonly sleeves: 'long' | 'short';
  /** Half the width of the shoulders, and how far they drop below the neck. */
  readonly shoulders: number;
  readonly slope: number;
}

const hairStyles = {
  buzz: 2,
  short: 4,
  side: 4,
  quiff: 2,
  curly: 3,
  afro: 1.5,
  bob: 3,
  long: 4,
  wavy: 3,
  ponytail: 2,
  bun: 2,
  fringe: 3,
  bald: 1.5,
  receding: 1,
};
export type HairStyle = keyof typeof hairStyles;
const beards = { none: 8, stubble: 2, full: 2, goatee: 1, moustache: 1 };
export type Beard = keyof typeof beards;

const skins = [
  '#f6d7c3',
  '#f0c6a6',
  '#e6b48f',
  '#d9a078',
  '#c98d62',
  '#b2744a',
  '#95603c',
  '#774a2e',
  '#5a3826',
  '#43291d',
];
const hairs = [
  '#15110f',
  '#241812',
  '#3a2417',
  '#553420',
  '#774b2a',
  '#9a6a3a',
  '#c29552',
  '#dcc07f',
  '#7d3520',
  '#b0572b',
];
const greys = ['#8d8a86', '#b9b6b1', '#dedbd5'];
const dyes = ['#b44a7e', '#3f6ea8', '#4b8f72', '#7b4fa0'];
const irises = ['#3b2416', '#51331c', '#6e5a30', '#4d6b58', '#4c7396', '#6d8794'];

export function describePerson(dice: Dice): Person {
  const skin = mix(dice.pick(skins), dice.pick(skins), dice.between(0, 0.35));
  const age = dice.throw();
  const hairColour = chooseHair(dice, age);
  const style = dice.weigh(hairStyles);
  const hat = dice.chance(0.24)
    ? { kind: dice.pick(['beanie', 'cap', 'brim', 'scarf', 'hood'] as const), colour: chooseCloth(dice) }
    : undefined;
  const bare =
    hat?.kind === 'scarf' || (['bob', 'long', 'wavy', 'ponytail', 'bun'].includes(style) && dice.chance(0.93));
  return {
    skin,
    face: { width: dice.between(34.5, 41), chin: dice.between(46, 54), jaw: dice.between(0.2, 1) },
    yaw: dice.between(-1, 1),
    lean: dice.between(-11, 11),
    age,
    eyes: {
      colour: dice.pick(irises),
      size: dice.between(0.9, 1.2),
      open: dice.between(0.72, 1.1),
      gaze: dice.between(-1, 1),
    },
    brows: { colour: darken(hairColour, 0.25), width: dice.between(2.2, 4.2), lift: dice.between(-2.5, 3) },
    nose: { width: dice.between(5.5, 8.5), length: dice.between(14, 20) },
    mouth: {
      width: dice.between(10.5, 15),
      smile: dice.between(-0.25, 1),
      open: dice.chance(0.3) ? dice.between(0.3, 1) : 0,
      colour: mix(darken(skin, 0.12), dice.pick(['#b5524f', '#a8403f', '#c4686a']), bare ? 0.75 : 0.4),
    },
    hair: { style, colour: hairColour, volume: dice.between(0, 1), part: dice.between(-1, 1) },
    beard: bare ? 'none' : dice.weigh(beards),
    ...(dice.chance(0.27) && {
      glasses: {
        kind: dice.pick(['round', 'square', 'sun']),
        colour: dice.pick(['#1c1a1a', '#5a3a22', '#8c8c90', '#7a1f25']),
      },
    }),
    ...(hat && { hat }),
    ...(dice.chance(0.2) && { earring: dice.pick(['#e3c15a', '#dfe3e8']) }),
    clothes: describeClothes(dice),
  };
}

function chooseHair(dice: Dice, age: number): Colour {
  if (age > 0.82) return dice.pick(greys);
  if (dice.chance(0.06)) return dice.pick(dyes);
  return mix(dice.pick(hairs), dice.pick(hairs), dice.between(0, 0.4));
}

/** Clothes are more often dark, grey, denim or white than bright. */
function chooseCloth(dice: Dice): Colour {
  const muted = dice.chance(0.5);
  const colour = hsl(dice.between(0, 360), muted ? dice.between(0.02, 0.25) : dice.between(0.3, 0.75), 0.4);
  return dice.chance(0.55) ? darken(colour, dice.between(0, 0.75)) : lighten(colour, dice.between(0, 0.85));
}

function describeClothes(dice: Dice): Clothes {
  const colour = chooseCloth(dice);
  return {
    kind: dice.weigh({ tee: 4, shirt: 3, hoodie: 3, jacket: 3, turtleneck: 2, vneck: 2, tank: 1 }),
    colour,
    second: dice.chance(0.5) ? chooseCloth(dice) : lighten(darken(colour, 0.3), 0.45),
    pattern: dice.weigh({ plain: 8, stripes: 2, pinstripes: 1, plaid: 2, dots: 1, print: 2 }),
    sleeves: dice.chance(0.6) ? 'long' : 'short',
    shoulders: dice.between(74, 98),
    slope: dice.between(16, 32),
  };
}
