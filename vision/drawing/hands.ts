import { type Colour, darken, lighten } from './colour.ts';
import { circle, ellipse, type Paper, type Point, path, taper } from './paper.ts';
import type { Clothes } from './person.ts';

/**
 * Hands are drawn with the palm's middle at the origin and the fingers towards smaller y;
 * `thumb` tells the side of the thumb (-1 left, 1 right). What is held lies between the two layers.
 */
export interface Hand {
  readonly behind: string;
  readonly front: string;
}

export interface HandLook {
  readonly skin: Colour;
  readonly thumb: number;
  /** Nail varnish. */
  readonly nails?: Colour;
}

/** Where the arm begins. */
export const wrist: Point = { x: 0, y: 20 };

function finger({ skin, nails }: HandLook, from: Point, to: Point): string {
  const shape = path(taper(from, to, [5, 4]), {
    fill: lighten(skin, 0.06),
    line: { colour: darken(skin, 0.5), width: 1.1, opacity: 0.75 },
  });
  return nails
    ? shape + circle({ x: to.x + (to.x - from.x) * 0.05, y: to.y + (to.y - from.y) * 0.05 }, 2.6, { fill: nails })
    : shape;
}

function palm({ skin }: HandLook): string {
  return ellipse(
    { x: 0, y: 2 },
    { x: 15.5, y: 19 },
    { fill: darken(skin, 0.05), line: { colour: darken(skin, 0.5), width: 1.1, opacity: 0.7 } },
  );
}

/** Fingers wrapped around something upright, as seen from its outer side. */
export function gripHand(look: HandLook): Hand {
  const { thumb } = look;
  const rows = [-17, -6.5, 4, 14];
  return {
    behind: palm(look) + finger(look, { x: thumb * 11, y: 4 }, { x: thumb * 15, y: -22 }),
    front: rows
      .map((y, row) => finger(look, { x: -thumb * 13, y: y + 3 }, { x: thumb * (row === 3 ? 5 : 9), y }))
      .join(''),
  };
}

/** Index and middle finger stretched, to hold a thin thing between their tips (at about 0, -38). */
export function pinchHand(look: HandLook): Hand {
  const { thumb } = look;
  return {
    behind: [
      finger(look, { x: -thumb * 3, y: -12 }, { x: -thumb * 5, y: -43 }),
      palm(look),
      finger(look, { x: -thumb * 11, y: -8 }, { x: -thumb * 8, y: 7 }),
      finger(look, { x: -thumb * 4, y: -11 }, { x: -thumb * 2, y: 6 }),
    ].join(''),
    front:
      finger(look, { x: thumb * 6, y: -10 }, { x: thumb * 6, y: -44 }) +
      finger(look, { x: thumb * 13, y: 6 }, { x: thumb * 4, y: -12 }),
  };
}

/** A flat hand, as for a wave. */
export function openHand(look: HandLook): Hand {
  const { thumb } = look;
  const fan = [-10, -3.5, 3.5, 10].map((x, index) =>
    finger(look, { x, y: -10 }, { x: x * 1.55, y: [-38, -45, -44, -37][index] ?? -40 }),
  );
  return {
    behind: `${fan.join('')}${palm(look)}${finger(look, { x: thumb * 10, y: 4 }, { x: thumb * 26, y: -14 })}`,
    front: '',
  };
}

/** A loosely closed hand, as under a chin. */
export function restHand(look: HandLook): Hand {
  const knuckles = [-11, -4, 3, 10].map((x) => finger(look, { x, y: -12 }, { x: x * 0.8, y: 4 }));
  return {
    behind: `${palm(look)}${knuckles.join('')}${finger(look, { x: look.thumb * 14, y: 6 }, { x: look.thumb * 8, y: -16 })}`,
    front: '',
  };
}

export interface Arm {
  readonly shoulder: Point;
  readonly elbow: Point;
  readonly wrist: Point;
}

/** A raised arm in its sleeve. */
export function drawArm(
  paper: Paper,
  { shoulder, elbow, wrist }: Arm,
  wear: { readonly clothes: Clothes; readonly skin: Colour },
): string {
  const { clothes, skin } = wear;
  const cloth = lighten(clothes.colour, 0.05);
  const limb = (from: Point, to: Point, radii: readonly [number, number], colour: Colour) => {
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const across = { x: (-(to.y - from.y) / length) * radii[0], y: ((to.x - from.x) / length) * radii[0] };
    const fill = paper.linear(
      { x: from.x - across.x, y: from.y - across.y },
      { x: from.x + across.x, y: from.y + across.y },
      [
        [0, darken(colour, 0.4)],
        [0.45, lighten(colour, 0.1)],
        [1, darken(colour, 0.25)],
      ],
    );
    return path(taper(from, to, radii), { fill, line: { colour: darken(colour, 0.6), width: 1.3, opacity: 0.5 } });
  };
  const between = (from: Point, to: Point, share: number) => ({
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
  });
  if (clothes.kind === 'tank') return limb(shoulder, elbow, [19, 14], skin) + limb(elbow, wrist, [14, 9.5], skin);
  if (clothes.sleeves === 'short' && clothes.kind !== 'jacket' && clothes.kind !== 'hoodie') {
    return [
      limb(shoulder, elbow, [18, 14], skin),
      limb(elbow, wrist, [14, 9.5], skin),
      limb(shoulder, between(shoulder, elbow, 0.55), [23, 21], cloth),
    ].join('');
  }
  const cuff = between(elbow, wrist, 0.9);
  return [
    limb(between(elbow, wrist, 0.5), wrist, [11, 9.5], skin),
    limb(shoulder, elbow, [24, 19], cloth),
    limb(elbow, cuff, [19, 13.5], cloth),
    limb(
      between(elbow, wrist, 0.84),
      cuff,
      [14.4, 14],
      clothes.kind === 'jacket' ? clothes.second : darken(cloth, 0.2),
    ),
  ].join('');
}
