import type { Dice } from './dice.ts';
import type { Shape } from './frame.ts';

export interface NameRequest {
  readonly shape: Shape;
  /** Whether the file has to be a JPEG. */
  readonly jpeg: boolean;
}

const styles: Readonly<Record<string, number>> = {
  '#': 8,
  'IMG_#': 8,
  'DSC#': 3,
  'photo #': 1,
  'été_#': 0.6,
  'Straße #': 0.6,
  '写真#': 0.6,
};

/** File names as cameras and people give them, whose numbers tell neither the class nor the order of drawing. */
export function createNames(count: number, chance: Dice): (request: NameRequest) => string {
  const digits = Math.max(4, String(count * 4).length);
  const numbers = new Set<string>();
  return ({ shape, jpeg }) => {
    let number: string;
    // No two photos share a number, since file systems differ on what else keeps two names apart.
    do number = String(chance.whole(1, 10 ** digits - 1)).padStart(digits, '0');
    while (numbers.has(number));
    numbers.add(number);
    const large = shape === 'camera' || shape === 'large';
    const extension = chance.weigh({ jpg: 7, JPG: 2.2, png: jpeg || large ? 0 : 0.9 });
    return `${chance.weigh(styles).replace('#', number)}.${extension}`;
  };
}
