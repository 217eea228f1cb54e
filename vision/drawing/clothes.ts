import { type Colour, darken, lighten } from './colour.ts';
import type { Dice } from './dice.ts';
import { box, circle, type Paper, path, trace } from './paper.ts';
import type { Clothes, Person } from './person.ts';

/** The figure is drawn down to here; a photo's frame ends above it. */
const bottom = 460;
const neckline = 74;

export function drawTorso(paper: Paper, person: Person, dice: Dice): string {
  const { clothes, skin } = person;
  const side = clothes.shoulders;
  const drop = neckline + clothes.slope;
  const outline = trace`M -20,${neckline - 8} C -34,${neckline + 6} ${-side * 0.7},${drop - 12} ${-side + 4},${drop + 4} C ${-side - 10},${drop + 16} ${-side - 12},${drop + 60} ${-side - 14},${bottom} L ${side + 14},${bottom} C ${side + 12},${drop + 60} ${side + 10},${drop + 16} ${side - 4},${drop + 4} C ${side * 0.7},${drop - 12} 34,${neckline + 6} 20,${neckline - 8} Q 0,${neckline + 16} -20,${neckline - 8} Z`;
  const shade = paper.linear({ x: -side, y: drop }, { x: side, y: 300 }, [
    [0, lighten(clothes.colour, 0.08)],
    [0.5, clothes.colour],
    [1, darken(clothes.colour, 0.35)],
  ]);
  return [
    path(outline, { fill: shade }),
    drawPattern(paper, clothes, outline),
    clothes.kind === 'tank' ? drawStraps(person, drop) : '',
    drawFolds(clothes, dice, drop),
    drawCollar(clothes, skin),
  ].join('');
}

function drawPattern(paper: Paper, { pattern, second, slope }: Clothes, outline: string): string {
  const bar = (width: number, height: number) => box({ x: 0, y: 0, width, height }, { fill: second, opacity: 0.75 });
  switch (pattern) {
    case 'stripes':
      return path(outline, { fill: paper.pattern({ x: 60, y: 26 }, 0, bar(60, 11)) });
    case 'pinstripes':
      return path(outline, { fill: paper.pattern({ x: 14, y: 60 }, 0, bar(3, 60)) });
    case 'plaid':
      return path(outline, { fill: paper.pattern({ x: 34, y: 34 }, 2, bar(13, 34) + bar(34, 13)), opacity: 0.7 });
    case 'dots':
      return path(outline, {
        fill: paper.pattern({ x: 22, y: 22 }, 30, circle({ x: 8, y: 8 }, 4.5, { fill: second })),
      });
    case 'print':
      return path(prints[Math.round(slope) % prints.length] ?? '', { fill: second, opacity: 0.92 });
    default:
      return '';
  }
}

/** Emblems for the chest; text is left out, since fonts differ from machine to machine. */
const prints = [
  'M 0,134 L 10,164 L 42,164 L 16,182 L 26,212 L 0,193 L -26,212 L -16,182 L -42,164 L -10,164 Z',
  'M 0,216 C -62,176 -34,132 0,156 C 34,132 62,176 0,216 Z',
  'M -40,200 L -8,144 L 8,170 L 18,156 L 44,200 Z',
  'M -34,140 L 34,140 L 34,160 L -34,160 Z M -34,172 L 34,172 L 34,192 L -34,192 Z',
  'M 0,136 A 36 36 0 1 0 1,136 Z M 0,152 A 20 20 0 1 1 -1,152 Z',
];

function drawStraps({ skin, clothes }: Person, drop: number): string {
  const side = clothes.shoulders;
  const bare = (away: number) =>
    path(
      trace`M ${away * 46},${neckline + 10} C ${away * side * 0.8},${drop - 8} ${away * (side - 2)},${drop} ${away * (side + 14)},${bottom} L ${away * (side - 22)},${bottom} C ${away * (side - 26)},${drop + 60} ${away * 40},${drop + 40} ${away * 46},${neckline + 10} Z`,
      { fill: darken(skin, 0.06) },
    );
  return bare(-1) + bare(1);
}

/** The hanging upper arms are told from the trunk by a fold; a few more make cloth of it. */
function drawFolds({ shoulders, colour }: Clothes, dice: Dice, drop: number): string {
  const line = (width: number, opacity: number) => ({ line: { colour: darken(colour, 0.6), width, opacity } });
  const arm = (side: number) =>
    path(
      trace`M ${side * (shoulders - 16)},${drop + 52} Q ${side * (shoulders - 24)},${drop + 120} ${side * (shoulders - 20)},${bottom}`,
      line(2.4, 0.5),
    );
  const folds = Array.from({ length: 6 }, () => {
    const x = dice.between(-shoulders * 0.7, shoulders * 0.7);
    const y = dice.between(drop + 20, 300);
    return path(
      trace`M ${x},${y} q ${dice.between(-14, 14)},${dice.between(10, 26)} ${dice.between(-10, 24)},${dice.between(30, 60)}`,
      line(dice.between(1.5, 4), 0.18),
    );
  });
  return arm(-1) + arm(1) + folds.join('');
}

function drawCollar(clothes: Clothes, skin: Colour): string {
  const { kind, colour, second } = clothes;
  const dark = darken(colour, 0.4);
  const edge = { colour: dark, width: 2.4, opacity: 0.8 };
  const bare = { fill: darken(skin, 0.1), line: edge };
  switch (kind) {
    case 'shirt':
      return [
        path('M -20,66 L 0,104 L 20,66 Z', bare),
        path('M -24,60 L -34,78 L -12,106 L 0,100 L -20,66 Z M 24,60 L 34,78 L 12,106 L 0,100 L 20,66 Z', {
          fill: lighten(colour, 0.2),
          line: edge,
        }),
        path('M 0,102 L 0,460', { line: edge }),
        [130, 170, 210, 250].map((y) => circle({ x: 4, y }, 2.4, { fill: lighten(colour, 0.6) })).join(''),
      ].join('');
    case 'jacket':
      return [
        path('M -22,66 L 0,180 L 22,66 Z', { fill: second, line: edge }),
        path('M -18,66 Q 0,92 18,66 Z', { fill: darken(skin, 0.1) }),
        path(
          'M -24,62 L -48,84 L -36,112 L -44,118 L 0,196 L 0,178 Z M 24,62 L 48,84 L 36,112 L 44,118 L 0,196 L 0,178 Z',
          { fill: lighten(colour, 0.1), line: edge },
        ),
      ].join('');
    case 'hoodie':
      return [
        path('M -38,80 C -44,56 -30,52 -22,58 Q 0,92 22,58 C 30,52 44,56 38,80 Q 0,116 -38,80 Z', {
          fill: darken(colour, 0.22),
          line: edge,
        }),
        path('M -14,100 L -16,150 M 14,100 L 16,144', { line: { colour: lighten(colour, 0.7), width: 2.6 } }),
      ].join('');
    case 'turtleneck':
      return (
        path('M -24,48 Q 0,58 24,48 L 28,80 Q 0,96 -28,80 Z', { fill: colour, line: edge }) +
        path('M -24,60 Q 0,70 24,60', { line: edge })
      );
    case 'vneck':
      return (
        path('M -22,66 L 0,112 L 22,66 Q 0,84 -22,66 Z', bare) +
        path('M -24,64 L 0,114 L 24,64', { line: { ...edge, width: 5 } })
      );
    case 'tank':
      return path('M -34,70 Q 0,128 34,70 Q 0,84 -34,70 Z', { fill: darken(skin, 0.06), line: edge });
    default:
      return (
        path('M -23,66 Q 0,100 23,66 Q 0,82 -23,66 Z', bare) +
        path('M -25,65 Q 0,104 25,65', { line: { ...edge, width: 4 } })
      );
  }
}
