import { darken, lighten } from './colour.ts';
import type { Dice } from './dice.ts';
import { circle, ellipse, type Paper, path, trace } from './paper.ts';
import type { HairStyle, Person } from './person.ts';

/** What hangs down behind neck and shoulders. */
export function drawBackHair(paper: Paper, person: Person, dice: Dice): string {
  const { hair, face, yaw } = person;
  if (person.hat?.kind === 'scarf') return '';
  const side = face.width + 6 + hair.volume * 8;
  const dark = darken(hair.colour, 0.35);
  const fill = paper.linear({ x: 0, y: -50 }, { x: 0, y: 130 }, [
    [0, dark],
    [0.6, darken(hair.colour, 0.15)],
    [1, darken(hair.colour, 0.3)],
  ]);
  const fall = (length: number, flare: number) =>
    path(
      trace`M ${-side},-10 C ${-side},-76 ${side},-76 ${side},-10 C ${side + 4},${length * 0.4} ${side + flare},${length * 0.7} ${side + flare - 6},${length} Q 0,${length + 16} ${-side - flare + 6},${length} C ${-side - flare},${length * 0.7} ${-side - 4},${length * 0.4} ${-side},-10 Z`,
      { fill },
    );
  if (hair.style === 'bob') return fall(44 + hair.volume * 20, 4);
  if (hair.style === 'long') return fall(92 + hair.volume * 60, 6);
  if (hair.style === 'wavy')
    return (
      fall(80 + hair.volume * 40, 10) + drawCurls(dice, { colour: dark, from: 20, to: 110, side: side + 8, radius: 11 })
    );
  if (hair.style === 'fringe' && hair.volume > 0.4) return fall(52 + hair.volume * 40, 3);
  if (hair.style === 'afro')
    return (
      circle({ x: 0, y: -22 }, 56 + hair.volume * 14, { fill: dark }) + drawCrown(dice, person, 58 + hair.volume * 14)
    );
  if (hair.style === 'ponytail') {
    const away = yaw > 0 ? -1 : 1;
    return path(
      trace`M ${away * 20},-52 C ${away * (side + 32)},-62 ${away * (side + 36)},10 ${away * (side + 12)},${66 + hair.volume * 30} C ${away * (side + 6)},20 ${away * (side - 4)},-10 ${away * 24},-30 Z`,
      { fill },
    );
  }
  return '';
}

/** What lies on the head, over forehead and temples. */
export function drawFrontHair(paper: Paper, person: Person, dice: Dice): string {
  const { hair, face } = person;
  if (person.hat?.kind === 'scarf' || hair.style === 'bald') return '';
  const fill = paper.linear({ x: -30, y: -66 }, { x: 24, y: 10 }, [
    [0, lighten(hair.colour, 0.1)],
    [0.4, hair.colour],
    [1, darken(hair.colour, 0.3)],
  ]);
  const side = face.width + 2.5;
  const top = -60 - rise[hair.style] * (0.6 + 0.6 * hair.volume);
  const shape = outlineFront(hair.style, { side, top, part: hair.part * 14 + person.yaw * 8 });
  const parts = [path(shape, { fill, opacity: hair.style === 'buzz' ? 0.85 : 1 })];
  if (hair.style === 'bun') parts.push(circle({ x: person.yaw * -8, y: -66 }, 15 + hair.volume * 5, { fill }));
  if (hair.style === 'curly' || hair.style === 'afro') parts.push(drawCrown(dice, person, face.width + 6));
  else if (hair.style !== 'buzz') parts.push(drawStrands(dice, person, top));
  return parts.join('');
}

/** How much a style stands above the skull. */
const rise: Readonly<Record<HairStyle, number>> = {
  buzz: 1,
  short: 6,
  side: 9,
  quiff: 19,
  curly: 12,
  afro: 16,
  bob: 9,
  long: 8,
  wavy: 12,
  ponytail: 5,
  bun: 4,
  fringe: 9,
  bald: 0,
  receding: 2,
};

function outlineFront(style: HairStyle, { side, top, part }: { side: number; top: number; part: number }): string {
  const crown = trace`M ${-side},4 C ${-side - 7},${top * 1.13} ${side + 7},${top * 1.13} ${side},4`;
  const inner = side - 4;
  switch (style) {
    case 'fringe':
      return `${crown} ${trace`L ${inner},-6 Q ${inner - 4},-20 ${inner - 8},-19 Q ${part},-14 ${-inner + 8},-19 Q ${-inner + 4},-20 ${-inner},-6 Z`}`;
    case 'side':
    case 'bob':
      return `${crown} ${trace`L ${inner},-6 C ${inner},-24 ${inner - 10},-30 ${part},-40 C ${-inner * 0.3},-22 ${-inner},-22 ${-inner},-4 Z`}`;
    case 'long':
    case 'wavy':
      return `${crown} ${trace`L ${inner + 1},14 C ${inner - 3},-14 ${part + 16},-26 ${part},-43 C ${part - 16},-26 ${-inner + 3},-14 ${-inner - 1},14 Z`}`;
    case 'receding':
      return `${crown} ${trace`L ${inner},-8 Q ${inner - 2},-34 ${inner - 12},-36 Q ${part},-44 ${-inner + 12},-36 Q ${-inner + 2},-34 ${-inner},-8 Z`}`;
    case 'quiff':
      return `${crown} ${trace`L ${inner},-8 Q ${inner},-26 ${inner - 9},-31 Q ${part},-42 ${-inner + 9},-31 Q ${-inner},-26 ${-inner},-8 Z`}`;
    default:
      return `${crown} ${trace`L ${inner},-6 Q ${inner},-25 ${inner - 9},-28 Q ${part},-35 ${-inner + 9},-28 Q ${-inner},-25 ${-inner},-6 Z`}`;
  }
}

function drawStrands(dice: Dice, { hair, face }: Person, top: number): string {
  const strands = Array.from({ length: 14 }, () => {
    const x = dice.between(-face.width * 0.8, face.width * 0.8);
    const light = dice.chance(0.5);
    return path(
      trace`M ${x * 0.5 + hair.part * 4},${top * 0.79} Q ${x * 0.85},${top * 0.68} ${x},${-31 - dice.between(0, 8)}`,
      {
        line: {
          colour: light ? lighten(hair.colour, 0.3) : darken(hair.colour, 0.5),
          width: dice.between(0.6, 1.5),
          opacity: 0.4,
        },
      },
    );
  });
  return strands.join('');
}

/** Locks all around the head, from one temple over the top to the other. */
function drawCrown(dice: Dice, { hair }: Person, radius: number): string {
  const locks = Array.from({ length: 34 }, (_, index) => {
    const angle = Math.PI * (1.02 + (index / 33) * 0.96);
    const away = radius * dice.between(0.82, 1.02);
    const shade = dice.between(0, 0.3);
    return ellipse(
      { x: Math.cos(angle) * away, y: -10 + Math.sin(angle) * away },
      { x: dice.between(7, 11), y: dice.between(7, 11) },
      { fill: dice.chance(0.4) ? lighten(hair.colour, shade * 0.5) : darken(hair.colour, shade) },
    );
  });
  return locks.join('');
}

interface Curls {
  readonly colour: string;
  readonly from: number;
  readonly to: number;
  readonly side: number;
  readonly radius: number;
}

function drawCurls(dice: Dice, { colour, from, to, side, radius }: Curls): string {
  const curls = Array.from({ length: 16 }, (_, index) => {
    const y = from + ((to - from) * index) / 15;
    const away = index % 2 === 0 ? -1 : 1;
    return circle({ x: away * side * dice.between(0.86, 1.05), y }, radius * dice.between(0.7, 1.2), {
      fill: lighten(colour, dice.between(0, 0.12)),
    });
  });
  return curls.join('');
}
