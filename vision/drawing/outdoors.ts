import { type Colour, darken, hsl, lighten, mix } from './colour.ts';
import type { Dice } from './dice.ts';
import { type Background, type Canvas, drawLeaves, drawWall, fillAll, wallColour } from './indoors.ts';
import { box, circle, ellipse, type Point, path, trace } from './paper.ts';

/** From blue through grey to dusk. */
function drawSky(canvas: Canvas, horizon: number): string {
  const { paper, dice } = canvas;
  const [top, low] = dice.pick<readonly [Colour, Colour]>([
    ['#4d87c4', '#cfe3f0'],
    ['#8fa3b3', '#dfe4e6'],
    ['#c3c8cc', '#eceded'],
    ['#2d3c66', '#f0a878'],
    ['#6a5a8c', '#f6c9a2'],
    ['#79b3dd', '#f5efe0'],
  ]);
  const sky = fillAll(
    canvas,
    paper.linear({ x: 0, y: 0 }, { x: 0, y: horizon }, [
      [0, top],
      [1, low],
    ]),
  );
  if (dice.chance(0.5)) return sky;
  return (
    sky +
    Array.from({ length: 7 }, () =>
      ellipse(
        { x: dice.between(0, canvas.width), y: dice.between(0, horizon * 0.7) },
        { x: canvas.width * dice.between(0.08, 0.3), y: horizon * 0.06 },
        { fill: '#ffffff', opacity: 0.35 },
      ),
    ).join('')
  );
}

const street: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const horizon = height * dice.between(0.5, 0.8);
  const parts = [drawSky(canvas, horizon)];
  for (let x = -width * 0.1; x < width; ) {
    const wide = width * dice.between(0.15, 0.4);
    parts.push(drawHouse(canvas, { x, y: horizon - height * dice.between(0.25, 0.8), width: wide, height }));
    x += wide;
  }
  parts.push(box({ x: 0, y: horizon, width, height }, { fill: hsl(220, 0.05, dice.between(0.25, 0.55)) }));
  for (let count = dice.whole(0, 3); count > 0; count -= 1)
    parts.push(drawCar(dice, { x: dice.between(-0.1, 0.9) * width, y: horizon }, width * dice.between(0.2, 0.4)));
  if (dice.chance(0.4)) parts.push(drawCrown(dice, { x: dice.between(0, width), y: horizon * 0.5 }, width * 0.25));
  return parts.join('');
};

function drawHouse({ dice }: Canvas, wall: { x: number; y: number; width: number; height: number }): string {
  const colour = wallColour(dice);
  const [across, down] = [dice.whole(2, 5), dice.whole(5, 10)];
  const [wide, tall] = [wall.width / across, wall.height / down];
  const lit = dice.chance(0.25);
  const windows = Array.from({ length: across * down }, (_, index) =>
    box(
      {
        x: wall.x + ((index % across) + 0.22) * wide,
        y: wall.y + (Math.floor(index / across) + 0.25) * tall,
        width: wide * 0.56,
        height: tall * 0.5,
      },
      { fill: lit && dice.chance(0.5) ? '#f7d98b' : darken(colour, dice.between(0.45, 0.75)) },
    ),
  );
  return box(wall, { fill: colour }) + windows.join('');
}

function drawCar(dice: Dice, at: Point, length: number): string {
  const colour = hsl(dice.between(0, 360), dice.between(0.05, 0.75), dice.between(0.15, 0.75));
  const high = length * 0.28;
  return [
    box(
      { x: at.x + length * 0.18, y: at.y - high * 0.75, width: length * 0.6, height: high, round: high * 0.4 },
      { fill: darken(colour, 0.5) },
    ),
    box({ x: at.x, y: at.y - high * 0.1, width: length, height: high, round: high * 0.3 }, { fill: colour }),
    circle({ x: at.x + length * 0.2, y: at.y + high * 0.9 }, high * 0.34, { fill: '#151515' }),
    circle({ x: at.x + length * 0.8, y: at.y + high * 0.9 }, high * 0.34, { fill: '#151515' }),
    circle({ x: at.x + length * 0.97, y: at.y + high * 0.3 }, high * 0.14, { fill: dice.pick(['#ffe9a8', '#e0301e']) }),
  ].join('');
}

function drawCrown(dice: Dice, middle: Point, reach: number): string {
  const hue = dice.chance(0.2) ? dice.between(20, 50) : dice.between(70, 140);
  const trunk = box(
    { x: middle.x - reach * 0.1, y: middle.y, width: reach * 0.2, height: reach * 4 },
    { fill: hsl(28, 0.25, 0.22) },
  );
  const leaves = Array.from({ length: 40 }, () => {
    const [angle, away] = [dice.between(0, Math.PI * 2), Math.sqrt(dice.throw()) * reach];
    return circle(
      { x: middle.x + Math.cos(angle) * away * 1.15, y: middle.y + Math.sin(angle) * away },
      reach * dice.between(0.12, 0.32),
      { fill: hsl(hue + dice.between(-14, 14), 0.4, dice.between(0.14, 0.5)), opacity: 0.85 },
    );
  });
  return trunk + leaves.join('');
}

const park: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const horizon = height * dice.between(0.45, 0.75);
  const grass = hsl(dice.between(70, 125), dice.between(0.2, 0.5), dice.between(0.25, 0.5));
  const parts = [drawSky(canvas, horizon), box({ x: 0, y: horizon, width, height }, { fill: grass })];
  for (let count = dice.whole(2, 6); count > 0; count -= 1) {
    parts.push(
      drawCrown(
        dice,
        { x: dice.between(0, width), y: horizon - dice.between(0.1, 0.4) * height },
        width * dice.between(0.12, 0.32),
      ),
    );
  }
  const way = dice.between(0, width);
  parts.push(
    path(
      trace`M ${way},${horizon} L ${way + width * 0.06},${horizon} L ${way + width * 0.6},${height} L ${way - width * 0.3},${height} Z`,
      { fill: '#c8b793', opacity: dice.chance(0.5) ? 0.9 : 0 },
    ),
  );
  return parts.join('');
};

/** Lights of a town far out of focus. */
const night: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const sky = hsl(dice.between(200, 300), dice.between(0.1, 0.45), dice.between(0.06, 0.16));
  const hue = dice.between(0, 360);
  const lights = Array.from({ length: dice.whole(14, 46) }, () =>
    circle({ x: dice.between(0, width), y: dice.between(0.1, 1) * height }, width * dice.between(0.012, 0.07), {
      fill: dice.chance(0.6) ? hsl(dice.between(18, 50), 0.9, 0.6) : hsl(hue + dice.between(-40, 40), 0.8, 0.6),
      opacity: dice.between(0.2, 0.75),
    }),
  );
  return drawWall(canvas, sky) + lights.join('');
};

const shore: Background = (canvas) => {
  const { dice, paper, width, height } = canvas;
  const horizon = height * dice.between(0.3, 0.65);
  const sea = hsl(dice.between(180, 220), dice.between(0.2, 0.6), dice.between(0.3, 0.55));
  const sand = height * dice.between(0.7, 1.1);
  const sun = { x: dice.between(0, width), y: horizon * dice.between(0.3, 0.95) };
  return [
    drawSky(canvas, horizon),
    dice.chance(0.4) ? circle(sun, width * 0.07, { fill: '#fff2cf' }) : '',
    box(
      { x: 0, y: horizon, width, height },
      {
        fill: paper.linear({ x: 0, y: horizon }, { x: 0, y: height }, [
          [0, lighten(sea, 0.25)],
          [1, darken(sea, 0.35)],
        ]),
      },
    ),
    Array.from({ length: 20 }, () =>
      ellipse(
        { x: dice.between(0, width), y: dice.between(horizon, height) },
        { x: width * dice.between(0.04, 0.16), y: 1.6 },
        { fill: '#ffffff', opacity: 0.4 },
      ),
    ).join(''),
    box({ x: 0, y: sand, width, height }, { fill: '#d9c59a' }),
  ].join('');
};

const mountains: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const horizon = height * dice.between(0.55, 0.85);
  const hue = dice.between(90, 260);
  const ridge = (base: number, rise: number, colour: Colour) => {
    const peaks = Array.from(
      { length: 8 },
      (_, index) => trace`L ${(index / 7) * width},${base - dice.between(0.1, 1) * rise}`,
    );
    return path(`M 0,${Math.round(height)} ${peaks.join(' ')} L ${Math.round(width)},${Math.round(height)} Z`, {
      fill: colour,
    });
  };
  const near = hsl(hue, 0.25, dice.between(0.18, 0.4));
  return (
    drawSky(canvas, horizon) +
    ridge(horizon, height * 0.5, mix(near, '#dfe6ee', 0.55)) +
    ridge(horizon, height * 0.3, mix(near, '#dfe6ee', 0.25)) +
    ridge(horizon + height * 0.1, height * 0.15, near)
  );
};

const hedge: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const hue = dice.between(60, 150);
  const leaves = Array.from({ length: 200 }, () =>
    ellipse(
      { x: dice.between(0, width), y: dice.between(0, height) },
      { x: width * dice.between(0.015, 0.06), y: width * dice.between(0.015, 0.06) },
      { fill: hsl(hue + dice.between(-25, 25), dice.between(0.2, 0.6), dice.between(0.1, 0.6)) },
    ),
  );
  const flowers = dice.chance(0.3)
    ? Array.from({ length: 16 }, () =>
        circle({ x: dice.between(0, width), y: dice.between(0, height) }, width * 0.018, {
          fill: dice.pick(['#f3d7e0', '#f1e08a', '#ffffff']),
        }),
      )
    : [];
  return drawWall(canvas, hsl(hue, 0.3, 0.18)) + leaves.join('') + flowers.join('');
};

/** A painted wall in the town. */
const graffiti: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const strokes = Array.from({ length: dice.whole(4, 9) }, () => {
    const [x, y] = [dice.between(-0.1, 0.9) * width, dice.between(0, 0.9) * height];
    return path(
      trace`M ${x},${y} q ${dice.between(-0.3, 0.4) * width},${dice.between(-0.4, 0.2) * height} ${dice.between(0.1, 0.5) * width},${dice.between(-0.1, 0.2) * height} t ${dice.between(-0.2, 0.3) * width},${dice.between(0, 0.3) * height}`,
      {
        line: {
          colour: hsl(dice.between(0, 360), dice.between(0.4, 0.9), dice.between(0.3, 0.7)),
          width: width * dice.between(0.03, 0.11),
          opacity: 0.85,
        },
      },
    );
  });
  return drawWall(canvas, wallColour(dice)) + strokes.join('');
};

const garden: Background = (canvas) => {
  const { dice, width, height } = canvas;
  const plants = Array.from({ length: 4 }, () =>
    drawLeaves(canvas, {
      x: dice.between(0, width),
      y: height * dice.between(0.6, 1),
      reach: width * dice.between(0.15, 0.35),
    }),
  );
  const fence = dice.chance(0.5)
    ? Array.from({ length: 14 }, (_, index) =>
        box(
          { x: (index * width) / 13, y: height * 0.35, width: width * 0.055, height },
          { fill: hsl(30, 0.25, dice.between(0.35, 0.6)) },
        ),
      )
    : [];
  return drawSky(canvas, height * 0.7) + fence.join('') + plants.join('');
};

export const outdoors = { street, park, night, shore, mountains, hedge, graffiti, garden };
