/**
 * Seeded randomness without a state to save.
 *
 * Every draw of the training comes from a generator seeded by what it is for (seed, fold, epoch, photo), so that a
 * training that goes on from a checkpoint draws what an uninterrupted one would have drawn. One long stream, as
 * PyTorch has it, was rejected: its state would be part of every checkpoint and its draws would depend on their order.
 */

/** Uniform in [0, 1). */
export type Random = () => number;

/** The finaliser of MurmurHash3 for 32 bits (Appleby, public domain). */
export function mix32(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A generator of its own for each list of parts; a Weyl sequence through `mix32`, whose period is 2^32. */
export function seedRandom(...parts: readonly (string | number)[]): Random {
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (const character of JSON.stringify(parts)) {
    const code = character.codePointAt(0) ?? 0;
    first = Math.imul(first ^ code, 0x01000193);
    second = mix32(second + code);
  }
  let state = mix32(first);
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix32(mix32(state) ^ second) / 0x1_0000_0000;
  };
}

/** Uniform in [low, high). */
export function drawBetween(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** One element, each with the same chance; the list must not be empty. */
export function drawOne<T>(random: Random, choices: readonly T[]): T {
  const choice = choices[Math.min(choices.length - 1, Math.floor(random() * choices.length))];
  if (choice === undefined) throw new Error('There is nothing to draw from.');
  return choice;
}

/** Standard normal, by Box and Muller (1958); 1 - u keeps the logarithm's argument above 0. */
export function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A new list in random order, by Fisher and Yates. */
export function shuffle<T>(random: Random, list: readonly T[]): T[] {
  const shuffled = [...list];
  for (let end = shuffled.length - 1; end > 0; end--) {
    const other = Math.floor(random() * (end + 1));
    const moved = shuffled[end] as T;
    shuffled[end] = shuffled[other] as T;
    shuffled[other] = moved;
  }
  return shuffled;
}
