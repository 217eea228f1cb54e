import { darken, isLight, lighten } from './colour.ts';
import { outlineHead } from './head.ts';
import { circle, ellipse, type Paper, path, trace } from './paper.ts';
import type { Person } from './person.ts';

/** A hood or a scarf around the head lies behind the face. */
export function drawHatBehind(paper: Paper, person: Person): string {
  const { hat, face } = person;
  if (hat?.kind !== 'scarf' && hat?.kind !== 'hood') return '';
  const side = face.width + 15;
  const fill = shade(paper, hat.colour, side);
  return path(
    trace`M ${-side},0 C ${-side},-84 ${side},-84 ${side},0 C ${side + 2},40 ${side - 8},64 ${side + 8},92 L ${-side - 8},92 C ${-side + 8},64 ${-side - 2},40 ${-side},0 Z`,
    { fill },
  );
}

export function drawHat(paper: Paper, person: Person): string {
  const { hat, face, yaw } = person;
  if (!hat) return '';
  const side = face.width + 5;
  const fill = shade(paper, hat.colour, side);
  const dark = darken(hat.colour, 0.4);
  const dome = (low: number, top: number) =>
    trace`M ${-side},${low} C ${-side - 3},${top} ${side + 3},${top} ${side},${low} Q 0,${low - 10} ${-side},${low} Z`;
  switch (hat.kind) {
    case 'beanie':
      return [
        path(dome(-16, -92), { fill }),
        path(trace`M ${-side - 2},-12 Q 0,-26 ${side + 2},-12 L ${side + 1},-28 Q 0,-42 ${-side - 1},-28 Z`, {
          fill: dark,
        }),
        isLight(hat.colour) ? circle({ x: 0, y: -78 }, 9, { fill: lighten(hat.colour, 0.3) }) : '',
      ].join('');
    case 'cap':
      return [
        path(dome(-20, -84), { fill }),
        path(
          trace`M ${-side + 6 + yaw * 14},-22 Q ${yaw * 24},-36 ${side - 6 + yaw * 14},-22 Q ${side + yaw * 24},-12 ${side - 2 + yaw * 26},-10 Q ${yaw * 26},-26 ${-side + 2 + yaw * 26},-10 Q ${-side + yaw * 20},-14 ${-side + 6 + yaw * 14},-22 Z`,
          { fill: dark },
        ),
        circle({ x: yaw * 12, y: -45 }, 6, { fill: lighten(hat.colour, 0.5), opacity: 0.8 }),
      ].join('');
    case 'brim':
      return [
        path(dome(-26, -98), { fill }),
        path(trace`M ${-side},-26 Q 0,-38 ${side},-26 L ${side - 1},-37 Q 0,-49 ${-side + 1},-37 Z`, {
          fill: darken(hat.colour, 0.65),
        }),
        ellipse({ x: 0, y: -26 }, { x: side + 25, y: 9 }, { fill: dark }),
        path(trace`M ${-side - 24},-26 Q 0,-40 ${side + 24},-26`, {
          line: { colour: lighten(hat.colour, 0.2), width: 2.5 },
        }),
      ].join('');
    default:
      // The opening of a hood or scarf: its rim covers hairline and ears.
      return (
        path(outlineHead(person, 3), { line: { colour: hat.colour, width: hat.kind === 'hood' ? 15 : 19 } }) +
        path(outlineHead(person, -6), { line: { colour: darken(hat.colour, 0.6), width: 1.4, opacity: 0.5 } })
      );
  }
}

function shade(paper: Paper, colour: string, side: number): string {
  return paper.linear({ x: -side, y: -70 }, { x: side, y: 20 }, [
    [0, lighten(colour, 0.16)],
    [0.5, colour],
    [1, darken(colour, 0.4)],
  ]);
}
