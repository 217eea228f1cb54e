import { type Colour, darken, isLight, lighten } from './colour.ts';
import type { Dice } from './dice.ts';
import { box, circle, type Paper, type Point, path, trace } from './paper.ts';

export interface Phone {
  readonly colour: Colour;
  readonly lenses: number;
}

/** A phone's middle is the origin; it stands upright, seen from its back. 40 by 90, a little larger than life. */
export function drawPhone(paper: Paper, { colour, lenses }: Phone): string {
  const fill = paper.linear({ x: -20, y: -45 }, { x: 20, y: 45 }, [
    [0, lighten(colour, 0.35)],
    [0.35, colour],
    [1, darken(colour, 0.4)],
  ]);
  const rim = { colour: isLight(colour) ? darken(colour, 0.6) : lighten(colour, 0.55), width: 1.6 };
  const eyes = Array.from({ length: lenses }, (_, index) =>
    circle({ x: -9.5, y: -35 + index * 9 }, 3.1, { fill: '#0c0d10', line: { colour: '#8d9299', width: 0.9 } }),
  );
  return [
    box({ x: -20, y: -45, width: 40, height: 90, round: 7.5 }, { fill, line: rim }),
    box(
      { x: -15.5, y: -40.5, width: 12, height: lenses * 9 + 2, round: 4.5 },
      { fill: darken(colour, 0.35), opacity: 0.8 },
    ),
    eyes.join(''),
    path('M 16,-37 L 16,37', { line: { colour: '#ffffff', width: 1.2, opacity: 0.45 } }),
  ].join('');
}

/** How far the ember lies from the mouthpiece. */
export const cigaretteLength = 64;

/** A cigarette along x with its mouthpiece's end at the origin; larger than life, so that 96 pixels still show it. */
export function drawCigarette(paper: Paper, burnt: number): string {
  const half = 6.2;
  const end = cigaretteLength;
  const ash = end - 5 - burnt * 6;
  const tube = (light: Colour, dark: Colour) =>
    paper.linear({ x: 0, y: -half }, { x: 0, y: half }, [
      [0, light],
      [0.5, light],
      [1, dark],
    ]);
  const edge = { colour: '#4a3d36', width: 0.9, opacity: 0.75 };
  return [
    box({ x: 0, y: -half, width: ash, height: half * 2, round: 1.2 }, { fill: tube('#fdfcf8', '#bdb8b0'), line: edge }),
    box({ x: 0, y: -half, width: 18, height: half * 2, round: 1.2 }, { fill: tube('#e5a052', '#a8652a'), line: edge }),
    box({ x: ash, y: -half, width: end - ash, height: half * 2, round: 2.4 }, { fill: tube('#8d8781', '#4d4843') }),
    box(
      { x: ash - 1, y: -half - 0.4, width: 5.5, height: half * 2 + 0.8, round: 2 },
      { fill: tube('#ffb03a', '#e23d0f') },
    ),
  ].join('');
}

/** The ember's light, as a halo around it. */
export function drawGlow(paper: Paper, at: Point, strength: number): string {
  const glow = (radius: number, colour: Colour, opacity: number) =>
    circle(at, radius, {
      fill: paper.radial(at, radius, [
        [0, colour, opacity],
        [0.3, colour, opacity * 0.55],
        [1, colour, 0],
      ]),
    });
  return glow(23 + 12 * strength, '#ff5a14', 0.75 + 0.2 * strength) + glow(8, '#ffe08a', 1);
}

export interface Smoke {
  readonly at: Point;
  readonly height: number;
  readonly drift: number;
  readonly density: number;
}

/** A plume that rises, widens and fades: soft puffs along a wavy line, and a few wisps. */
export function drawSmoke(paper: Paper, { at, height, drift, density }: Smoke, dice: Dice): string {
  const [phase, sway, turns] = [dice.between(0, 6.3), dice.between(4, 10), dice.between(5, 9)];
  const along = (share: number) => ({
    x: at.x + drift * share ** 1.4 + sway * share * Math.sin(phase + turns * share),
    y: at.y - 3 - height * share,
  });
  const puffs = Array.from({ length: 36 }, (_, index) => {
    const share = index / 35;
    const middle = along(share);
    const radius = 6 + 24 * share * dice.between(0.8, 1.15);
    const opacity = density * (1 - share) ** 0.6 * 0.72;
    const centre = { x: middle.x + dice.between(-2, 2) * share * 4, y: middle.y };
    const shade = index % 2 === 0 ? '#f3f3f4' : '#c4c6cb';
    return circle(centre, radius, {
      fill: paper.radial(centre, radius, [
        [0, shade, opacity],
        [0.55, shade, opacity * 0.65],
        [1, shade, 0],
      ]),
    });
  });
  const wisp = (side: number) => {
    const points = Array.from({ length: 9 }, (_, index) => {
      const share = index / 10;
      const middle = along(share);
      return trace`${middle.x + side * share * 11},${middle.y}`;
    });
    return path(`M ${points.join(' L ')}`, { line: { colour: '#fafafa', width: 1.5, opacity: density * 0.28 } });
  };
  return puffs.join('') + wisp(-1) + wisp(1);
}

/** Breath full of smoke, blown from the mouth to one side. */
export function drawBreath(paper: Paper, from: Point, side: number, dice: Dice): string {
  const puffs = Array.from({ length: 16 }, (_, index) => {
    const share = index / 15;
    const centre = {
      x: from.x + side * share * 58 + dice.between(-3, 3),
      y: from.y - share * share * 16 + dice.between(-4, 4) * share,
    };
    const radius = 4 + share * 17;
    return circle(centre, radius, {
      fill: paper.radial(centre, radius, [
        [0, '#efeff0', 0.36 * (1 - share * 0.6)],
        [1, '#dcdde0', 0],
      ]),
    });
  });
  return puffs.join('');
}

/** A cup whose middle is the origin. */
export function drawCup(paper: Paper, colour: Colour, lid: boolean): string {
  const fill = paper.linear({ x: -19, y: 0 }, { x: 19, y: 0 }, [
    [0, darken(colour, 0.3)],
    [0.35, lighten(colour, 0.25)],
    [1, darken(colour, 0.35)],
  ]);
  return (
    path('M -20,-30 L 20,-30 L 15,32 Q 0,36 -15,32 Z', { fill, line: { colour: darken(colour, 0.55), width: 1.2 } }) +
    (lid
      ? path('M -22,-29 L 22,-29 L 19,-38 L -19,-38 Z', { fill: '#2a2523' })
      : path('M -20,-30 Q 0,-24 20,-30 Q 0,-36 -20,-30 Z', { fill: '#3b2416' }))
  );
}

/** A pen along x, its tip far from the origin. */
export function drawPen(colour: Colour): string {
  return (
    box(
      { x: -22, y: -2.8, width: 66, height: 5.6, round: 2.4 },
      { fill: colour, line: { colour: darken(colour, 0.5), width: 0.8 } },
    ) + path('M 44,-2.8 L 53,0 L 44,2.8 Z', { fill: '#b9bcc2' })
  );
}

/** A lollipop along x: the stick starts at the origin, the sweet is at its end. */
export function drawLollipop(paper: Paper, colour: Colour): string {
  return (
    box(
      { x: -14, y: -1.3, width: 50, height: 2.6, round: 1.2 },
      { fill: '#e9e6df', line: { colour: '#8b867c', width: 0.6 } },
    ) +
    circle({ x: 46, y: 0 }, 14, {
      fill: paper.radial({ x: 42, y: -5 }, 19, [
        [0, lighten(colour, 0.6)],
        [0.5, colour],
        [1, darken(colour, 0.4)],
      ]),
    }) +
    path('M 46,0 m -8,0 a 8,8 0 1 1 8,8 a 5,5 0 1 1 -2,-9', { line: { colour: '#ffffff', width: 2, opacity: 0.6 } })
  );
}
