import { darken, lighten, mix } from './colour.ts';
import { turnOf } from './head.ts';
import { box, circle, ellipse, type Paper, type Point, path, trace } from './paper.ts';
import type { Person } from './person.ts';

/** Where the lips meet, and where their corner is to the side (-1 left, 1 right), in head coordinates. */
export const mouthOf = (person: Person, side: number): Point => ({
  x: turnOf(person) + side * person.mouth.width * 0.55,
  y: 28.5,
});

export function drawFace(paper: Paper, person: Person): string {
  return [
    drawBeard(person),
    drawNose(paper, person),
    drawMouth(person),
    drawEye(person, -1),
    drawEye(person, 1),
    drawGlasses(person),
  ].join('');
}

/** The eye that the face turns away from looks narrower. */
const narrow = (person: Person, side: number): number => 1 - Math.max(0, person.yaw * side) * 0.3;

function drawEye(person: Person, side: number): string {
  const { eyes, brows, skin } = person;
  const x = turnOf(person) + side * 16 * narrow(person, side);
  const width = 7.8 * eyes.size * narrow(person, side);
  const height = 4.6 * eyes.size * eyes.open;
  const iris = { x: x + eyes.gaze * 2.2, y: -4.3 };
  const lid = trace`M ${x - width},-3.5 Q ${x},${-4.5 - height * 1.7} ${x + width},-3.5`;
  return [
    ellipse({ x, y: -4 }, { x: width * 1.25, y: height * 1.5 }, { fill: darken(skin, 0.35), opacity: 0.22 }),
    path(`${lid} ${trace`Q ${x},${-4 + height * 1.3} ${x - width},-3.5 Z`}`, { fill: '#f4f0ea' }),
    circle(iris, height * 0.86, { fill: eyes.colour }),
    circle(iris, height * 0.44, { fill: '#0d0908' }),
    circle({ x: iris.x + 1.2, y: iris.y - 1.3 }, 0.9, { fill: '#ffffff' }),
    path(lid, { line: { colour: '#1d1210', width: 1.7 } }),
    path(
      trace`M ${x - side * width * 1.05},${-15 - brows.lift} Q ${x + side * 2},${-19.5 - brows.lift * 1.4} ${x + side * width * 1.35},${-13.5 - brows.lift * 0.4}`,
      { line: { colour: brows.colour, width: brows.width, opacity: 0.9 } },
    ),
  ].join('');
}

function drawNose(paper: Paper, person: Person): string {
  const { skin, nose, yaw } = person;
  const x = turnOf(person) * 1.25;
  const tip = nose.length;
  const away = yaw < 0 ? 1 : -1;
  const shade = paper.linear({ x, y: 0 }, { x: x + away * nose.width, y: 0 }, [
    [0, darken(skin, 0.3), 0],
    [1, darken(skin, 0.4), 0.55],
  ]);
  const nostril = (side: number) =>
    ellipse(
      { x: x + side * nose.width * 0.48, y: tip - 0.2 },
      { x: 1.9, y: 1.2 },
      { fill: darken(skin, 0.65), opacity: 0.75 },
    );
  return [
    path(
      trace`M ${x},-6 L ${x + away * nose.width},${tip - 3} Q ${x + away * nose.width},${tip + 2} ${x},${tip + 1} Z`,
      { fill: shade },
    ),
    ellipse({ x: x - away, y: tip - 5 }, { x: 3.2, y: 3.4 }, { fill: lighten(skin, 0.35), opacity: 0.4 }),
    path(
      trace`M ${x - nose.width},${tip - 3} Q ${x - nose.width},${tip + 1.5} ${x - 2.5},${tip + 1} Q ${x},${tip + 3} ${x + 2.5},${tip + 1} Q ${x + nose.width},${tip + 1.5} ${x + nose.width},${tip - 3}`,
      {
        line: { colour: darken(skin, 0.5), width: 1, opacity: 0.6 },
      },
    ),
    nostril(-1),
    nostril(1),
  ].join('');
}

function drawMouth(person: Person): string {
  const { mouth, yaw } = person;
  const x = turnOf(person) * 1.1;
  const [left, right] = [
    x - mouth.width * (1 - Math.max(0, -yaw) * 0.25),
    x + mouth.width * (1 - Math.max(0, yaw) * 0.25),
  ];
  const corner = 28.5 - mouth.smile * 2.5;
  const gap = mouth.open * 5;
  const middle = 29 + mouth.smile * 1.5;
  return [
    path(
      trace`M ${left},${corner} Q ${x - 4},${middle - 6} ${x},${middle - 3.6} Q ${x + 4},${middle - 6} ${right},${corner} Q ${x},${middle + 10 + gap * 1.2} ${left},${corner} Z`,
      { fill: mouth.colour },
    ),
    path(
      trace`M ${left},${corner} Q ${x},${middle + 1.5} ${right},${corner} Q ${x},${middle + 2 + gap * 2} ${left},${corner} Z`,
      {
        fill: mouth.open > 0.35 && mouth.smile > 0.3 ? '#efe7dd' : '#3a1416',
        line: { colour: darken(mouth.colour, 0.5), width: 1.1, opacity: 0.85 },
      },
    ),
  ].join('');
}

function drawBeard(person: Person): string {
  const { beard, brows, face, skin } = person;
  const x = turnOf(person) * 1.1;
  const colour = brows.colour;
  const whiskers = trace`M ${x - 17},27 Q ${x - 9},17 ${x},22.5 Q ${x + 9},17 ${x + 17},27 Q ${x + 9},25.5 ${x},25.5 Q ${x - 9},25.5 ${x - 17},27 Z`;
  const jaw = clipBelow(person, beard === 'full' ? 9 : 12);
  if (beard === 'stubble') return path(jaw, { fill: mix(colour, skin, 0.35), opacity: 0.34 });
  if (beard === 'full') return path(jaw, { fill: colour, opacity: 0.93 }) + path(whiskers, { fill: colour });
  if (beard === 'moustache') return path(whiskers, { fill: colour });
  if (beard !== 'goatee') return '';
  return (
    path(whiskers, { fill: colour, opacity: 0.9 }) +
    path(
      trace`M ${x - 15},27 Q ${x - 17},${face.chin + 4} ${x},${face.chin + 7} Q ${x + 17},${face.chin + 4} ${x + 15},27 Q ${x + 11},42 ${x},41 Q ${x - 11},42 ${x - 15},27 Z`,
      { fill: colour, opacity: 0.9 },
    )
  );
}

/** The lower part of the face from ear to ear, with the cheeks left free. */
function clipBelow(person: Person, top: number): string {
  const { width, chin, jaw } = person.face;
  const x = turnOf(person);
  const low = chin + (person.beard === 'full' ? 7 : 2);
  const shift = person.yaw * 5;
  const square = width * (0.6 + 0.3 * jaw);
  return trace`M ${-width},-4 C ${-width},22 ${-square + shift},${low - 10} ${shift - 12},${low - 1} Q ${shift},${low + 3} ${shift + 12},${low - 1} C ${square + shift},${low - 10} ${width},22 ${width},-4 Q ${width - 4},${top + 8} ${x + 19},${top + 9} Q ${x},${top + 6} ${x - 19},${top + 9} Q ${-width + 4},${top + 8} ${-width},-4 Z`;
}

function drawGlasses(person: Person): string {
  const { glasses, face } = person;
  if (!glasses) return '';
  const sun = glasses.kind === 'sun';
  const look = {
    fill: sun ? '#17181c' : '#dfeaf2',
    opacity: sun ? 0.9 : 0.2,
    line: { colour: glasses.colour, width: sun ? 2.2 : 2.4 },
  };
  const lens = (side: number) => {
    const x = turnOf(person) + side * 16.5 * narrow(person, side);
    const width = 13 * narrow(person, side);
    return [
      box({ x: x - width, y: -14, width: width * 2, height: 21, round: glasses.kind === 'round' ? 10.5 : 5 }, look),
      sun
        ? path(trace`M ${x - width * 0.5},-8 L ${x + width * 0.1},-11`, {
            line: { colour: '#ffffff', width: 2, opacity: 0.35 },
          })
        : '',
      path(trace`M ${x + side * width},-6 L ${side * (face.width + 1)},-3`, {
        line: { colour: glasses.colour, width: 2 },
      }),
    ].join('');
  };
  const bridge = path(trace`M ${turnOf(person) - 4},-6 Q ${turnOf(person)},-9 ${turnOf(person) + 4},-6`, {
    line: look.line,
  });
  return lens(-1) + lens(1) + bridge;
}
