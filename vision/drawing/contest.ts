import { type Dice, dice } from './dice.ts';
import type { Shape } from './frame.ts';
import { createNames } from './names.ts';
import type { ClassName } from './pose.ts';

export interface ContestSettings {
  /** Each class once. */
  readonly classes: readonly ClassName[];
  /** Training photos filed in each class, all that is planted included. */
  readonly perClass: number;
  /** Test photos, spread over the classes in turn. */
  readonly test: number;
  readonly seed: number;
}

/** How a near duplicate was made of another photo's file. */
export const alterations = ['re-encoded', 'rescaled', 'cropped', 'brightened'] as const;
export type Alteration = (typeof alterations)[number];

/** One photo to draw. Photos are named by their path below `train` or `test`. */
export interface PlannedPhoto {
  readonly part: 'train' | 'test';
  readonly photo: string;
  readonly shows: ClassName;
  readonly shape: Shape;
  /** The slot that it fills; with the contest's seed and `part` it decides on all but phone and cigarette. */
  readonly slot: number;
  /** Degrees clockwise by which its pixels are stored turned, and its EXIF orientation where it has one. */
  readonly stored: { readonly turned: 0 | 90 | 270; readonly orientation?: 6 | 8 };
  readonly copies: readonly { readonly photo: string; readonly how: Alteration }[];
}

/** What was planted among the training photos. No photo is in two of the lists, an `of` neither. */
export interface Truth {
  readonly duplicates: readonly { readonly photo: string; readonly of: string; readonly how: Alteration }[];
  /** `label` is the class whose folder the photo lies in, `truth` what it shows. */
  readonly wrongLabels: readonly { readonly photo: string; readonly label: ClassName; readonly truth: ClassName }[];
  /** Shown turned by a viewer that obeys EXIF; `turn`: the clockwise degrees that put it upright. */
  readonly turned: readonly { readonly photo: string; readonly turn: 90 | 270; readonly orientation: 1 | 6 | 8 }[];
  /** Stored sideways with the right EXIF orientation, and so upright for a viewer that obeys it. */
  readonly sideways: readonly { readonly photo: string; readonly orientation: 6 | 8 }[];
}

export interface Contest {
  readonly photos: readonly PlannedPhoto[];
  readonly testLabels: readonly { readonly photo: string; readonly label: ClassName }[];
  readonly truth: Truth;
}

/** What is planted among 240 training photos; fewer or more photos get their share, rounded. */
const planted = { of: 240, duplicates: 24, wrongLabels: 8, turned: 6, sideways: 4 };

/** Decides on every photo of a contest without drawing any. */
export function planContest({ classes, perClass, test, seed }: ContestSettings): Contest {
  const chance = dice(seed, 'contest');
  const name = createNames(perClass * classes.length + test, chance);
  const slots = createSlots(classes, perClass, chance);
  const share = (count: number) => Math.round((count * perClass * classes.length) / planted.of);
  const photos: PlannedPhoto[] = [];
  const truth = {
    duplicates: [] as Truth['duplicates'][number][],
    wrongLabels: [] as Truth['wrongLabels'][number][],
    turned: [] as Truth['turned'][number][],
    sideways: [] as Truth['sideways'][number][],
  };

  /** Files one photo in its class; everything that is not said is as in any photo. */
  const file = ({ label, slot, shape }: Slot, change: Partial<PlannedPhoto> = {}): string => {
    const photo = `${label}/${name({ shape, jpeg: change.stored !== undefined })}`;
    photos.push({ part: 'train', photo, shows: label, shape, slot, stored: { turned: 0 }, copies: [], ...change });
    return photo;
  };

  for (let count = 0; count < share(planted.duplicates); count += 1) {
    const pair = slots.takePair(count);
    if (!pair) break;
    const how = alterations[(count + Math.floor(count / alterations.length)) % alterations.length] as Alteration;
    const photo = `${pair.label}/${name({ shape: 'ordinary', jpeg: true })}`;
    truth.duplicates.push({ photo, of: file(pair, { copies: [{ photo, how }] }), how });
  }
  for (let count = 0; count < share(planted.wrongLabels) && classes.length > 1; count += 1) {
    const slot = slots.take(count);
    if (!slot) break;
    const shows = chance.pick(classes.filter((other) => other !== slot.label));
    truth.wrongLabels.push({ photo: file(slot, { shows }), label: slot.label, truth: shows });
  }
  for (let count = 0; count < share(planted.turned); count += 1) {
    const slot = slots.take(count);
    if (!slot) break;
    // One in three has upright pixels and a tag that turns them; the others are stored turned and have no tag.
    const [tagged, turn] = [count % 3 === 2, count % 2 === 0 ? 90 : 270] as const;
    const orientation = tagged ? (turn === 90 ? 8 : 6) : 1;
    const stored: PlannedPhoto['stored'] =
      orientation === 1 ? { turned: opposite(turn) } : { turned: 0 as const, orientation };
    truth.turned.push({ photo: file(slot, { stored }), turn, orientation });
  }
  for (let count = 0; count < share(planted.sideways); count += 1) {
    const slot = slots.take(count);
    if (!slot) break;
    const orientation = count % 2 === 0 ? 6 : 8;
    truth.sideways.push({
      photo: file(slot, { stored: { turned: orientation === 6 ? 270 : 90, orientation } }),
      orientation,
    });
  }
  for (const slot of slots.rest()) file(slot);

  const testLabels = Array.from({ length: test }, (_, slot) => {
    const label = classes[slot % classes.length] as ClassName;
    const shape = shapeOf(Math.floor(slot / classes.length));
    const photo = name({ shape, jpeg: false });
    photos.push({ part: 'test', photo, shows: label, shape, slot, stored: { turned: 0 }, copies: [] });
    return { photo, label };
  });
  return { photos, testLabels: testLabels.sort((a, b) => (a.photo < b.photo ? -1 : 1)), truth };
}

const opposite = (turn: 90 | 270): 90 | 270 => (turn === 90 ? 270 : 90);

/** The same shapes in each class, so that they tell nothing: one in eight is slim, one in twenty large. */
function shapeOf(place: number): Shape {
  if (place % 8 === 3) return 'slim';
  if (place % 60 === 10) return 'camera';
  return place % 20 === 6 ? 'large' : 'ordinary';
}

interface Slot {
  readonly label: ClassName;
  readonly slot: number;
  readonly shape: Shape;
}

/** The places for training photos of each class; slim ones are left whole for cutmix, and camera photos cost too much to copy. */
function createSlots(classes: readonly ClassName[], perClass: number, chance: Dice) {
  const all = classes.map((label, index) =>
    chance.shuffle(
      Array.from(
        { length: perClass },
        (_, place): Slot => ({ label, slot: place * classes.length + index, shape: shapeOf(place) }),
      ),
    ),
  );
  const fits = ({ shape }: Slot) => shape === 'ordinary' || shape === 'large';
  /** From the class whose turn it is, or the next that has so many left. */
  const choose = (turn: number, needed: number) => {
    const inTurn = all.map((_, step) => all[(turn + step) % all.length] ?? []);
    const from = inTurn.find((slots) => slots.filter(fits).length >= needed);
    return from && Array.from({ length: needed }, () => from.splice(from.findIndex(fits), 1)[0] as Slot);
  };
  return {
    take: (turn: number): Slot | undefined => choose(turn, 1)?.[0],
    /** The place of a photo; a second one of the same class is used up for its copy. */
    takePair: (turn: number): Slot | undefined => choose(turn, 2)?.[0],
    rest: (): Slot[] => all.flat(),
  };
}
