import type { Colour } from './colour.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where along a gradient, from 0 to 1; which colour; how opaque, from 0 to 1. */
export type Stop = readonly [offset: number, colour: Colour, opacity?: number];

/** Keeps what the shapes of one SVG refer to: gradients and patterns, each under a name of its own. */
export interface Paper {
  /** A gradient from one point to another, in the coordinates of the shape that is filled. */
  linear(from: Point, to: Point, stops: readonly Stop[]): string;
  radial(centre: Point, radius: number, stops: readonly Stop[]): string;
  /** A tile that repeats, turned by so many degrees. */
  pattern(size: Point, turn: number, markup: string): string;
  /** The whole drawing as an SVG of so many pixels. */
  finish(size: { readonly width: number; readonly height: number }, markup: string): Buffer;
}

export function createPaper(): Paper {
  const definitions: string[] = [];
  const define = (markup: (name: string) => string) => {
    const name = `d${definitions.length}`;
    definitions.push(markup(name));
    return `url(#${name})`;
  };
  return {
    linear: (from, to, stops) =>
      define(
        (name) =>
          `<linearGradient id="${name}" gradientUnits="userSpaceOnUse" x1="${round(from.x)}" y1="${round(from.y)}" x2="${round(to.x)}" y2="${round(to.y)}">${writeStops(stops)}</linearGradient>`,
      ),
    radial: (centre, radius, stops) =>
      define(
        (name) =>
          `<radialGradient id="${name}" gradientUnits="userSpaceOnUse" cx="${round(centre.x)}" cy="${round(centre.y)}" r="${round(radius)}">${writeStops(stops)}</radialGradient>`,
      ),
    pattern: (size, turn, markup) =>
      define(
        (name) =>
          `<pattern id="${name}" patternUnits="userSpaceOnUse" width="${round(size.x)}" height="${round(size.y)}" patternTransform="rotate(${round(turn)})">${markup}</pattern>`,
      ),
    finish: ({ width, height }, markup) =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${definitions.join('')}</defs>${markup}</svg>`,
      ),
  };
}

function writeStops(stops: readonly Stop[]): string {
  return stops
    .map(
      ([offset, colour, opacity = 1]) =>
        `<stop offset="${round(offset)}" stop-color="${colour}" stop-opacity="${round(opacity)}"/>`,
    )
    .join('');
}

/** Two decimals are a twentieth of a pixel in the largest drawing, and keep the markup short. */
export const round = (value: number): number => Math.round(value * 100) / 100;

export interface Line {
  readonly colour: Colour;
  readonly width: number;
  readonly opacity?: number;
}

/** What a shape is filled with (a colour or a gradient's name), how opaque, and the line around it. */
export interface Paint {
  readonly fill?: string;
  readonly opacity?: number;
  readonly line?: Line;
}

const paint = ({ fill = 'none', opacity = 1, line }: Paint): string =>
  `fill="${fill}"${opacity < 1 ? ` fill-opacity="${round(opacity)}"` : ''}${
    line
      ? ` stroke="${line.colour}" stroke-width="${round(line.width)}" stroke-opacity="${round(line.opacity ?? 1)}" stroke-linecap="round" stroke-linejoin="round"`
      : ''
  }`;

/** A path; `outline` is a template of SVG path commands and numbers. */
export function path(outline: string, look: Paint): string {
  return `<path d="${outline}" ${paint(look)}/>`;
}

/** Writes SVG path commands with short numbers: trace`M ${x},${y} L ${u},${v}`. */
export function trace(parts: TemplateStringsArray, ...values: readonly number[]): string {
  return parts.reduce((text, part, index) => `${text}${round(values[index - 1] ?? 0)}${part}`);
}

export function ellipse(centre: Point, radii: Point, look: Paint): string {
  return `<ellipse cx="${round(centre.x)}" cy="${round(centre.y)}" rx="${round(radii.x)}" ry="${round(radii.y)}" ${paint(look)}/>`;
}

export function circle(centre: Point, radius: number, look: Paint): string {
  return ellipse(centre, { x: radius, y: radius }, look);
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly round?: number;
}

export function box(shape: Box, look: Paint): string {
  return `<rect x="${round(shape.x)}" y="${round(shape.y)}" width="${round(shape.width)}" height="${round(shape.height)}" rx="${round(shape.round ?? 0)}" ${paint(look)}/>`;
}

/** Where a part of the drawing lies: shifted, then turned clockwise by so many degrees about that place. */
export interface Place extends Point {
  readonly turn: number;
}

export function place({ x, y, turn }: Place, markup: string): string {
  return `<g transform="translate(${round(x)} ${round(y)}) rotate(${round(turn)})">${markup}</g>`;
}

/** Where a point of a placed part lies in the coordinates around it. */
export function locate({ x, y, turn }: Place, point: Point): Point {
  const angle = (turn * Math.PI) / 180;
  return {
    x: x + point.x * Math.cos(angle) - point.y * Math.sin(angle),
    y: y + point.x * Math.sin(angle) + point.y * Math.cos(angle),
  };
}

/** The outline of a limb or finger that narrows from one round end to the other. */
export function taper(from: Point, to: Point, radii: readonly [from: number, to: number]): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const across = { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
  const [start, end] = radii;
  return trace`M ${from.x + across.x * start},${from.y + across.y * start} L ${to.x + across.x * end},${to.y + across.y * end} A ${end} ${end} 0 0 0 ${to.x - across.x * end},${to.y - across.y * end} L ${from.x - across.x * start},${from.y - across.y * start} A ${start} ${start} 0 0 0 ${from.x + across.x * start},${from.y + across.y * start} Z`;
}
