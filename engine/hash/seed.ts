import { digestText } from './digest.ts';

/**
 * A number in [0, 1) that depends on the texts alone: the same on every machine, and unmoved by its neighbours.
 * The length before each text keeps ('ab', 'c') and ('a', 'bc') apart.
 */
export function seededNumber(...texts: readonly string[]): number {
  const digest = digestText(texts.map((text) => `${text.length}:${text}`).join(''));
  return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
}
