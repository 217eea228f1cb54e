import { drawTorso } from './clothes.ts';
import { darken } from './colour.ts';
import type { Dice } from './dice.ts';
import { drawFace, mouthOf } from './face.ts';
import { drawBackHair, drawFrontHair } from './hair.ts';
import {
  type Arm,
  drawArm,
  gripHand,
  type Hand,
  type HandLook,
  openHand,
  pinchHand,
  restHand,
  wrist,
} from './hands.ts';
import { drawHat, drawHatBehind } from './hats.ts';
import { drawHead, drawNeck, type Light } from './head.ts';
import {
  cigaretteLength,
  drawBreath,
  drawCigarette,
  drawCup,
  drawGlow,
  drawLollipop,
  drawPen,
  drawPhone,
  drawSmoke,
} from './objects.ts';
import { ellipse, locate, type Paper, type Place, type Point, place } from './paper.ts';
import type { Person } from './person.ts';
import type { Pose, Room } from './pose.ts';

export interface Figure {
  readonly person: Person;
  readonly pose: Pose;
  readonly room: Room;
  readonly light: Light;
}

/** Markup in the figure's units: the person with what the hands hold, and what the light and the wind do before it. */
export interface FigureLayers {
  readonly body: string;
  readonly air: string;
}

export function drawFigure(paper: Paper, figure: Figure, dice: Dice): FigureLayers {
  const { person, light, pose } = figure;
  // The head leans about the root of the neck, and carries what is in the mouth and at the ear.
  const head: Place = { ...locate({ x: 0, y: 50, turn: person.lean }, { x: 0, y: -50 }), turn: person.lean };
  const body = [
    place(head, drawHatBehind(paper, person) + drawBackHair(paper, person, dice)),
    drawNeck(paper, person),
    drawTorso(paper, person, dice),
    place(
      head,
      [
        drawHead(paper, person, light),
        drawFace(paper, person),
        drawFrontHair(paper, person, dice),
        drawHat(paper, person),
      ].join(''),
    ),
  ];
  const air: string[] = [];
  if (pose.other) body.push(drawOther(paper, figure, head));
  if (pose.cigarette) {
    const smoking = drawSmoking({ paper, figure, head, dice });
    body.push(smoking.body);
    air.push(smoking.air);
  }
  if (pose.phone) body.push(drawCalling(paper, figure, head));
  return { body: body.join(''), air: air.join('') };
}

/** A phone at the ear, its upper end at the ear and its lower end towards the mouth, and the hand around it. */
function drawCalling(paper: Paper, figure: Figure, head: Place): string {
  const { person, pose } = figure;
  if (!pose.phone) return '';
  const { side, turn } = pose.phone;
  const ear = locate(head, { x: side * (person.face.width + 13), y: 9 });
  const phone: Place = { ...ear, turn: head.turn + turn };
  const hand: Place = { ...locate(phone, { x: side * 10, y: 13 }), turn: phone.turn - side * 12 };
  const drawn = gripHand(lookOf(figure, -side));
  return [
    drawRaisedArm(paper, figure, { side, hand }),
    place(hand, drawn.behind),
    place(phone, drawPhone(paper, pose.phone)),
    place(hand, drawn.front),
  ].join('');
}

function drawSmoking({
  paper,
  figure,
  head,
  dice,
}: {
  paper: Paper;
  figure: Figure;
  head: Place;
  dice: Dice;
}): FigureLayers {
  const { person, pose } = figure;
  if (!pose.cigarette) return { body: '', air: '' };
  const { at, side, turn, burnt, glow, smoke, breath } = pose.cigarette;
  const mouth = locate(head, mouthOf(person, side));
  const sideways = (degrees: number) => (side > 0 ? degrees : 180 - degrees);
  const held = handAside(figure, side);
  const cigarette: Place =
    at === 'hand'
      ? { ...locate(held, { x: -side * 8, y: -37 }), turn: sideways(-30) }
      : { ...mouth, turn: head.turn + sideways(turn) };
  const grip = locate(cigarette, { x: 24, y: 0 });
  const hand: Place =
    at === 'hand' ? held : { ...locate({ ...grip, turn: -side * 22 }, { x: 0, y: 38 }), turn: -side * 22 };
  const drawn = pinchHand(lookOf(figure, -side));
  const ember = locate(cigarette, { x: cigaretteLength - 2, y: 0 });
  const stick = place(cigarette, drawCigarette(paper, burnt));
  const body =
    at === 'mouth'
      ? stick
      : [drawRaisedArm(paper, figure, { side, hand }), place(hand, drawn.behind), stick, place(hand, drawn.front)].join(
          '',
        );
  return {
    body,
    air: [
      drawSmoke(paper, { at: ember, ...smoke }, dice),
      breath ? drawBreath(paper, mouth, side, dice) : '',
      drawGlow(paper, ember, glow),
    ].join(''),
  };
}

/** What else a hand may do, so that a raised hand alone tells no class. */
function drawOther(paper: Paper, figure: Figure, head: Place): string {
  const { person, pose } = figure;
  if (!pose.other) return '';
  const { what, side, colour } = pose.other;
  const look = lookOf(figure, -side);
  const aside = handAside(figure, side);
  const hold = (hand: Place, drawn: Hand, thing: string) =>
    [drawRaisedArm(paper, figure, { side, hand }), place(hand, drawn.behind), thing, place(hand, drawn.front)].join('');
  switch (what) {
    case 'cup':
      return hold(
        aside,
        gripHand(look),
        place({ ...locate(aside, { x: -side * 5, y: -2 }), turn: 0 }, drawCup(paper, colour, pose.reach.out > 0.5)),
      );
    case 'pen':
      return hold(
        aside,
        pinchHand(look),
        place({ ...locate(aside, { x: 0, y: -32 }), turn: side > 0 ? -125 : -55 }, drawPen(colour)),
      );
    case 'lollipop':
      return hold(
        aside,
        pinchHand(look),
        place({ ...locate(aside, { x: 0, y: -36 }), turn: -90 - side * 14 }, drawLollipop(paper, colour)),
      );
    case 'wave':
      return hold({ ...aside, turn: side * 12 }, openHand(look), '');
    default: {
      const chin = locate(head, { x: side * 17, y: person.face.chin + 12 });
      return hold({ ...chin, turn: -side * 26 }, restHand(look), '');
    }
  }
}

const lookOf = ({ person, pose }: Figure, thumb: number): HandLook => ({
  skin: person.skin,
  thumb,
  ...(pose.nails && { nails: pose.nails }),
});

/** A hand beside the body, so far inside the frame that a cigarette in it has its place too. */
function handAside({ pose, room }: Figure, side: number): Place {
  const widest = Math.max(60, (side < 0 ? room.left : room.right) - 62);
  const lowest = Math.max(62, Math.min(118, room.bottom - 42));
  return {
    x: side * (60 + (Math.min(widest, 100) - 60) * pose.reach.out),
    y: 62 + (lowest - 62) * pose.reach.down,
    turn: side * 10,
  };
}

function drawRaisedArm(paper: Paper, { person, pose }: Figure, { side, hand }: { side: number; hand: Place }): string {
  const { clothes, skin } = person;
  const shoulder: Point = { x: side * (clothes.shoulders - 14), y: 74 + clothes.slope + 22 };
  const elbow: Point = {
    x: Math.max(clothes.shoulders * 0.8, Math.abs(hand.x) * 0.9) * side + side * (8 + pose.elbows.out * 26),
    y: Math.max(hand.y + 70, 142 + pose.elbows.down * 46),
  };
  const arm: Arm = { shoulder, elbow, wrist: locate(hand, wrist) };
  const shadow = ellipse(
    { x: hand.x + 2, y: hand.y + 5 },
    { x: 21, y: 26 },
    {
      fill: paper.radial({ x: hand.x + 2, y: hand.y + 5 }, 26, [
        [0, darken(skin, 0.85), 0.4],
        [1, darken(skin, 0.85), 0],
      ]),
    },
  );
  return shadow + drawArm(paper, arm, { clothes, skin });
}
