import { type Colour, darken, lighten, mix } from './colour.ts';
import { ellipse, type Paper, path, trace } from './paper.ts';
import type { Person } from './person.ts';

/** How the light falls on everybody and everything in one photo. */
export interface Light {
  /** From the left of the picture (-1) to its right (1). */
  readonly side: number;
  /** From soft (0) to hard (1). */
  readonly strength: number;
}

/** How far the features of the face lie from its middle. */
export const turnOf = (person: Person): number => person.yaw * 10;

/** The skull's outline without ears. */
export function outlineHead({ face, yaw }: Person, grow = 0): string {
  const { width, chin, jaw } = face;
  const side = width + grow;
  const low = chin + grow;
  const square = side * (0.55 + 0.3 * jaw);
  const flat = 9 + 7 * jaw;
  const shift = yaw * 5;
  return trace`M ${-side},-6 C ${-side},${-62 - grow} ${side},${-62 - grow} ${side},-6 C ${side},20 ${square + shift},${low - 12} ${flat + shift},${low - 2} Q ${shift},${low + 3} ${-flat + shift},${low - 2} C ${-square + shift},${low - 12} ${-side},20 ${-side},-6 Z`;
}

/** The neck, with the chin's shadow on it. */
export function drawNeck(paper: Paper, person: Person): string {
  const { skin, face } = person;
  const width = face.width * 0.56;
  const shade = paper.linear({ x: 0, y: face.chin - 12 }, { x: 0, y: face.chin + 34 }, [
    [0, darken(skin, 0.5)],
    [0.45, darken(skin, 0.3)],
    [1, darken(skin, 0.08)],
  ]);
  return path(
    trace`M ${-width},24 C ${-width},${face.chin + 14} ${-width - 6},${face.chin + 18} ${-width - 24},${face.chin + 36} L ${width + 24},${face.chin + 36} C ${width + 6},${face.chin + 18} ${width},${face.chin + 14} ${width},24 Z`,
    { fill: shade },
  );
}

export function drawHead(paper: Paper, person: Person, light: Light): string {
  const { skin, face } = person;
  const reach = 0.16 + 0.22 * light.strength;
  const fill = paper.radial({ x: light.side * 20 + turnOf(person) * 0.7, y: -14 }, 74, [
    [0, lighten(skin, 0.14)],
    [0.5, skin],
    [0.85, darken(skin, reach)],
    [1, darken(skin, reach + 0.15)],
  ]);
  const blush = mix(skin, '#c8463c', 0.4);
  const cheek = (side: number) =>
    ellipse(
      { x: turnOf(person) + side * 21, y: 15 },
      { x: 11, y: 8 },
      {
        fill: paper.radial({ x: turnOf(person) + side * 21, y: 15 }, 11, [
          [0, blush, 0.3],
          [1, blush, 0],
        ]),
      },
    );
  return [
    drawEar(person, -1),
    drawEar(person, 1),
    path(outlineHead(person), { fill, line: { colour: darken(skin, 0.45), width: 0.8, opacity: 0.5 } }),
    cheek(-1),
    cheek(1),
    person.age > 0.7 ? drawWrinkles(skin, turnOf(person)) : '',
    person.earring ? drawEarrings(person, person.earring, face.width) : '',
  ].join('');
}

/** An ear disappears behind the head that turns to its side. */
function drawEar({ skin, face, yaw }: Person, side: number): string {
  const x = side * (face.width + 2 - Math.max(0, yaw * side) * 9);
  return [
    ellipse(
      { x, y: 2 },
      { x: 7, y: 11 },
      { fill: darken(skin, 0.1), line: { colour: darken(skin, 0.45), width: 0.8, opacity: 0.6 } },
    ),
    ellipse({ x: x + side * 0.8, y: 2 }, { x: 3.4, y: 6.5 }, { fill: darken(skin, 0.3), opacity: 0.6 }),
  ].join('');
}

function drawEarrings({ yaw }: Person, colour: Colour, width: number): string {
  return [-1, 1]
    .filter((side) => yaw * side < 0.4)
    .map((side) => ellipse({ x: side * (width + 2), y: 15 }, { x: 2.2, y: 2.8 }, { fill: colour }))
    .join('');
}

function drawWrinkles(skin: Colour, turn: number): string {
  const line = { colour: darken(skin, 0.4), width: 0.9, opacity: 0.5 };
  const fold = (side: number) =>
    trace`M ${turn + side * 10},15 Q ${turn + side * 16},21 ${turn + side * 17},29 M ${turn + side * 26},-7 L ${turn + side * 30},-10 M ${turn + side * 26},-4 L ${turn + side * 31},-4`;
  return path(
    `${trace`M ${turn - 15},-29 Q ${turn},-32 ${turn + 15},-29 M ${turn - 12},-24 Q ${turn},-26 ${turn + 12},-24`} ${fold(-1)} ${fold(1)}`,
    { line },
  );
}
