import { type Colour, darken, hsl, lighten } from './colour.ts';
import type { Dice } from './dice.ts';
import { box, circle, ellipse, type Paper, path, trace } from './paper.ts';

/** A place to draw: its size in pixels, and the chance that decides how it looks. */
export interface Canvas {
  readonly paper: Paper;
  readonly dice: Dice;
  readonly width: number;
  readonly height: number;
}

/** Draws a background over the whole canvas. */
export type Background = (canvas: Canvas) => string;

/** Walls are from nearly white to deep, mostly of little colour. */
export function wallColour(dice: Dice): Colour {
  return hsl(dice.between(0, 360), dice.between(0, 0.45), dice.between(0.18, 0.88));
}

export function fillAll({ width, height }: Canvas, fill: string, opacity = 1): string {
  return box({ x: 0, y: 0, width, height }, { fill, opacity });
}

/** A surface that is lit from somewhere. */
export function drawWall(canvas: Canvas, colour: Colour): string {
  const { paper, dice, width, height } = canvas;
  const light = { x: dice.between(0, width), y: dice.between(0, height * 0.6) };
  const fill = paper.radial(light, Math.max(width, height) * dice.between(0.7, 1.3), [
    [0, lighten(colour, 0.22)],
    [0.5, colour],
    [1, darken(colour, 0.4)],
  ]);
  return fillAll(canvas, fill);
}

const plainWall: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const colour = wallColour(dice);
  const low = height * dice.between(0.5, 0.85);
  const board = dice.chance(0.35)
    ? box(
        { x: 0, y: low, width, height },
        { fill: darken(colour, 0.35), line: { colour: lighten(colour, 0.4), width: 5 } },
      )
    : '';
  // The shadow of a window's frame or a branch falls across many a wall.
  const beam = dice.between(-0.4, 0.9) * width;
  const sun = dice.chance(0.4)
    ? path(
        trace`M ${beam},0 L ${beam + width * 0.3},0 L ${beam + width * 0.7},${height} L ${beam + width * 0.3},${height} Z`,
        { fill: '#fff3d0', opacity: 0.3 },
      )
    : '';
  return drawWall(canvas, colour) + board + sun;
};

const bricks: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const base = dice.pick([
    hsl(12, 0.45, 0.36),
    hsl(20, 0.25, 0.5),
    hsl(0, 0.03, 0.75),
    hsl(210, 0.08, 0.35),
    hsl(30, 0.3, 0.6),
  ]);
  const size = width * dice.between(0.1, 0.22);
  const rows: string[] = [];
  for (let row = 0; row * size * 0.42 < height; row += 1) {
    for (let column = -1; column * size < width; column += 1) {
      const shade = dice.between(-0.25, 0.25);
      const fill = shade < 0 ? darken(base, -shade) : lighten(base, shade);
      rows.push(
        box(
          { x: (column + (row % 2) / 2) * size, y: row * size * 0.42, width: size * 0.95, height: size * 0.37 },
          { fill },
        ),
      );
    }
  }
  return drawWall(canvas, lighten(base, 0.35)) + rows.join('');
};

const livingRoom: Background = (canvas) => {
  const { dice, paper, width, height } = canvas;
  const colour = wallColour(dice);
  const floor = height * dice.between(0.68, 0.95);
  const parts = [
    drawWall(canvas, colour),
    box({ x: 0, y: floor, width, height }, { fill: hsl(28, 0.35, dice.between(0.2, 0.5)) }),
  ];
  const pieces = dice
    .shuffle(['window', 'pictures', 'lamp', 'sofa', 'plant', 'door'] as const)
    .slice(0, dice.whole(2, 4));
  for (const piece of pieces) {
    const x = dice.between(-0.1, 0.85) * width;
    if (piece === 'window') parts.push(drawWindow(canvas, x));
    if (piece === 'pictures') {
      for (let count = dice.whole(1, 3); count > 0; count -= 1) {
        const frame = {
          x: dice.between(0, 0.85) * width,
          y: dice.between(0.03, 0.35) * height,
          width: dice.between(0.12, 0.28) * width,
          height: dice.between(0.1, 0.22) * height,
        };
        parts.push(
          box(frame, {
            fill: hsl(dice.between(0, 360), dice.between(0.1, 0.6), dice.between(0.25, 0.8)),
            line: { colour: dice.pick(['#1c1815', '#e9e4da', '#8a6235']), width: width * 0.014 },
          }),
        );
      }
    }
    if (piece === 'lamp') {
      const y = dice.between(0.1, 0.5) * height;
      const glow = paper.radial({ x, y }, width * 0.5, [
        [0, '#ffe9b8', 0.9],
        [0.25, '#ffdc9a', 0.4],
        [1, '#ffdc9a', 0],
      ]);
      parts.push(
        circle({ x, y }, width * 0.5, { fill: glow }),
        path(
          trace`M ${x - width * 0.05},${y - width * 0.06} L ${x + width * 0.05},${y - width * 0.06} L ${x + width * 0.09},${y + width * 0.06} L ${x - width * 0.09},${y + width * 0.06} Z`,
          { fill: '#fff1cf' },
        ),
        box({ x: x - 2, y: y + width * 0.06, width: 4, height }, { fill: '#3a3029' }),
      );
    }
    if (piece === 'sofa')
      parts.push(
        box(
          { x: x - width * 0.2, y: floor - height * 0.2, width: width * 0.8, height: height * 0.4, round: 16 },
          { fill: wallColour(dice) },
        ),
      );
    if (piece === 'plant') parts.push(drawLeaves(canvas, { x, y: floor, reach: width * dice.between(0.16, 0.34) }));
    if (piece === 'door')
      parts.push(
        box(
          { x, y: height * 0.08, width: width * 0.32, height },
          { fill: darken(colour, dice.between(0.2, 0.6)), line: { colour: lighten(colour, 0.3), width: 6 } },
        ),
      );
  }
  return parts.join('');
};

function drawWindow({ dice, paper, width, height }: Canvas, x: number): string {
  const frame = {
    x,
    y: dice.between(0.02, 0.15) * height,
    width: dice.between(0.3, 0.6) * width,
    height: dice.between(0.35, 0.6) * height,
  };
  const day = dice.chance(0.75);
  const fill = paper.linear({ x, y: frame.y }, { x, y: frame.y + frame.height }, [
    [0, day ? '#f3f8fc' : '#10182c'],
    [0.6, day ? '#cfe0ea' : '#23304d'],
    [1, day ? hsl(110, 0.25, 0.6) : '#c99a52'],
  ]);
  const line = { colour: dice.pick(['#f4f1ea', '#3b332c', '#8b6f4e']), width: width * 0.02 };
  const middle = frame.x + frame.width / 2;
  return (
    box(frame, { fill, line }) + path(trace`M ${middle},${frame.y} L ${middle},${frame.y + frame.height}`, { line })
  );
}

export function drawLeaves({ dice }: Canvas, { x, y, reach }: { x: number; y: number; reach: number }): string {
  const hue = dice.between(85, 150);
  const leaves = Array.from({ length: 22 }, () => {
    const angle = dice.between(-Math.PI, 0);
    const length = reach * dice.between(0.5, 1.2);
    const [u, v] = [x + Math.cos(angle) * length, y - reach * 0.4 + Math.sin(angle) * length * 1.5];
    return path(trace`M ${x},${y} Q ${(x + u) / 2 + dice.between(-20, 20)},${v} ${u},${v}`, {
      line: { colour: hsl(hue, 0.35, dice.between(0.16, 0.45)), width: reach * dice.between(0.07, 0.16) },
    });
  });
  return leaves.join('');
}

const shelves: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const wood = hsl(dice.between(15, 40), dice.between(0.15, 0.5), dice.between(0.15, 0.6));
  const step = height * dice.between(0.16, 0.3);
  const parts = [drawWall(canvas, darken(wood, 0.45))];
  const tone = dice.between(0, 360);
  for (let y = step * dice.between(0.2, 0.9); y < height + step; y += step) {
    for (let x = -10; x < width; ) {
      const thick = width * dice.between(0.02, 0.07);
      const tall = step * dice.between(0.5, 0.86);
      const gap = dice.chance(0.12);
      if (!gap)
        parts.push(
          box(
            { x, y: y - tall, width: thick * 0.95, height: tall },
            { fill: hsl(tone + dice.between(-70, 70), dice.between(0.1, 0.6), dice.between(0.15, 0.75)) },
          ),
        );
      x += gap ? thick * 2.5 : thick;
    }
    parts.push(box({ x: 0, y, width, height: step * 0.08 }, { fill: wood }));
  }
  return parts.join('');
};

const curtain: Background = (canvas) => {
  const { dice, paper, width } = canvas;
  const colour = wallColour(dice);
  const fold = width * dice.between(0.06, 0.2);
  const shade = paper.linear({ x: 0, y: 0 }, { x: fold, y: 0 }, [
    [0, darken(colour, 0.45)],
    [0.4, lighten(colour, 0.2)],
    [0.75, colour],
    [1, darken(colour, 0.45)],
  ]);
  const tile = paper.pattern(
    { x: fold, y: 4000 },
    dice.between(-3, 3),
    box({ x: 0, y: 0, width: fold, height: 4000 }, { fill: shade }),
  );
  const room = dice.chance(0.5)
    ? box({ x: dice.between(0.2, 0.8) * width, y: 0, width, height: 4000 }, { fill: wallColour(dice) })
    : '';
  return fillAll(canvas, tile) + room;
};

const tiles: Background = (canvas) => {
  const { dice, paper, width } = canvas;
  const colour = lighten(wallColour(dice), 0.3);
  const size = width * dice.between(0.07, 0.2);
  const tile = paper.pattern(
    { x: size, y: size * dice.pick([1, 0.5]) },
    dice.pick([0, 0, 45]),
    box(
      { x: 1, y: 1, width: size - 2, height: size - 2, round: 2 },
      { fill: colour, line: { colour: darken(colour, 0.35), width: 2 } },
    ),
  );
  const shelf = box({ x: 0, y: dice.between(0.1, 0.6) * width, width, height: width * 0.03 }, { fill: '#5d4630' });
  return drawWall(canvas, colour) + fillAll(canvas, tile, 0.8) + (dice.chance(0.5) ? shelf : '');
};

const office: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const slat = height * dice.between(0.02, 0.05);
  const light = hsl(dice.between(190, 230), 0.25, dice.between(0.6, 0.9));
  const parts = [drawWall(canvas, light)];
  const drawn = height * dice.between(0.4, 0.9);
  for (let y = 0; y < drawn; y += slat)
    parts.push(box({ x: 0, y, width, height: slat * 0.6 }, { fill: lighten(light, 0.5) }));
  for (let count = dice.whole(1, 3); count > 0; count -= 1) {
    parts.push(
      box(
        {
          x: dice.between(-0.1, 0.8) * width,
          y: dice.between(0.45, 0.8) * height,
          width: width * 0.35,
          height: height * 0.22,
          round: 5,
        },
        { fill: dice.pick(['#14171c', '#2c3440', '#c9ced6']), line: { colour: '#0c0d10', width: 5 } },
      ),
    );
  }
  parts.push(
    ellipse({ x: dice.between(0, width), y: height }, { x: width * 0.6, y: height * 0.1 }, { fill: '#6a5240' }),
  );
  return parts.join('');
};

export const indoors = { plainWall, bricks, livingRoom, shelves, curtain, tiles, office };
