import { createHash } from 'node:crypto';
import type { Place } from './split.ts';

export interface Placing {
  readonly seed: number;
  /** The share of each class that goes to the board, 0 to 1. */
  readonly board: number;
  readonly folds: readonly number[];
}

/** A photo that is to be placed: its label, and the seat of its group. */
export interface Placed {
  readonly photo: string;
  readonly label: string;
  readonly seat: string;
}

/**
 * Where a photo is used, by a hash of seed, class and its group's seat alone.
 *
 * Guaranteed: photos of one group and class go to one place, and no photo that comes or goes moves another group
 * (but where it takes over a seat). Not guaranteed: equal sizes. Each place gets its share as independent draws do, so
 * a class of n groups leaves one of five folds empty with a probability of about 0.83 ** n: 1 in 500 at 34, 1 in 70,000
 * at 60. Dealing out ranks instead of hashes would even the sizes, and move others with every photo more; a stage
 * that finds a place empty says so, and another seed mends it.
 */
export function placeOf({ photo, label, seat }: Placed, { seed, board, folds }: Placing): Place {
  const draw = uniformOf([String(seed), label, seat]);
  if (draw < board) return { photo, part: 'board' };
  const place = Math.floor(((draw - board) / (1 - board)) * folds.length);
  return { photo, part: 'fold', fold: folds[Math.min(place, folds.length - 1)] as number };
}

/** A number in [0, 1) of 48 bits from the SHA-256 of the parts, which are kept apart by a byte that no name holds. */
function uniformOf(parts: readonly string[]): number {
  return createHash('sha256').update(parts.join('\0')).digest().readUIntBE(0, 6) / 2 ** 48;
}
