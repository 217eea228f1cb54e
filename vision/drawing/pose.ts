import { type Colour, hsl } from './colour.ts';
import type { Dice } from './dice.ts';
import type { Phone } from './objects.ts';

/** The four classes, in the order in which the contest names them. */
export const classNames = ['calling', 'normal', 'smoking', 'smoking_calling'] as const;
export type ClassName = (typeof classNames)[number];

/** What can be seen to the left and right of the face and below it, in the figure's units. */
export interface Room {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
}

/** A side is -1 for the left of the picture, 1 for its right. */
export interface Pose {
  readonly phone?: Phone & { readonly side: number; readonly turn: number };
  readonly cigarette?: {
    /** In the mouth alone, in the mouth and held, or held away from it. */
    readonly at: 'mouth' | 'lips' | 'hand';
    readonly side: number;
    readonly turn: number;
    readonly burnt: number;
    readonly glow: number;
    readonly smoke: { readonly height: number; readonly drift: number; readonly density: number };
    readonly breath: boolean;
  };
  readonly other?: {
    readonly what: 'cup' | 'pen' | 'lollipop' | 'wave' | 'chin';
    readonly side: number;
    readonly colour: Colour;
  };
  /** How far a hand that is held away lies from the face, and how high: both from 0 to 1. */
  readonly reach: { readonly out: number; readonly down: number };
  readonly elbows: { readonly out: number; readonly down: number };
  readonly nails?: Colour;
}

/**
 * The class decides on phone and cigarette; the same dice give the same rest, but that a hand without either
 * more often does something else.
 */
export function describePose(name: ClassName, room: Room, dice: Dice): Pose {
  const calls = name === 'calling' || name === 'smoking_calling';
  const smokes = name === 'smoking' || name === 'smoking_calling';
  const phoneSide = dice.pick([-1, 1]);
  const freeSide = calls ? -phoneSide : dice.pick([-1, 1]);
  const tight = Math.min(room.left, room.right) < 112;
  const colour = hsl(dice.between(0, 360), dice.between(0.1, 0.85), dice.between(0.25, 0.85));
  const phone = {
    colour: dice.weigh(phoneColours),
    lenses: dice.whole(1, 3),
    side: phoneSide,
    turn: phoneSide * dice.between(-4, 20),
  };
  const at = dice.weigh({ mouth: 5, lips: 3, hand: tight ? 0 : 3 });
  const cigarette = {
    at,
    side: freeSide,
    turn: dice.between(2, 24),
    burnt: dice.throw(),
    glow: dice.throw(),
    smoke: { height: dice.between(85, 135), drift: dice.between(-12, 34) * freeSide, density: dice.between(0.75, 1) },
    breath: dice.chance(at === 'hand' ? 0.55 : 0.12),
  };
  const busy = dice.chance(name === 'normal' ? 0.3 : 0.1);
  const what = dice.weigh({ cup: 4, pen: 2, lollipop: 2, wave: 3, chin: 3 });
  const nails = dice.chance(0.2) ? dice.pick(['#b3213b', '#7a2048', '#2a6f8f', '#d9728a']) : undefined;
  // A hand that already holds a cigarette, or would cover one at the mouth, holds nothing else.
  const free = !smokes || (at === 'mouth' && what !== 'chin' && what !== 'lollipop');
  return {
    ...(calls && { phone }),
    ...(smokes && { cigarette }),
    ...(busy && free && { other: { what, side: smokes && !calls ? -freeSide : freeSide, colour } }),
    reach: { out: dice.throw(), down: dice.throw() },
    elbows: { out: dice.throw(), down: dice.throw() },
    ...(nails && { nails }),
  };
}

const phoneColours: Readonly<Record<Colour, number>> = {
  '#15161a': 6,
  '#2b2f38': 2,
  '#e9e9ea': 3,
  '#d8b9a8': 1,
  '#a8323e': 1,
  '#29527f': 1,
  '#c9a44a': 1,
  '#3f6b57': 1,
};
