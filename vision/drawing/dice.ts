/** A source of chance that gives the same throws for the same seed, on every machine. */
export interface Dice {
  /** Uniform in [0, 1). */
  throw(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number, both ends included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly T[]): T;
  /** One of the names, as often as its weight says. */
  weigh<Name extends string>(weights: Readonly<Record<Name, number>>): Name;
  shuffle<T>(values: readonly T[]): T[];
}

/** Dice for one purpose: `dice(42, 'train', 7)` gives the same throws whatever else is drawn with seed 42. */
export function dice(...seed: readonly (string | number)[]): Dice {
  const next = generator(seed.join('/'));
  const between = (low: number, high: number) => low + (high - low) * next();
  const whole = (low: number, high: number) => Math.floor(between(low, high + 1));
  return {
    throw: next,
    between,
    whole,
    chance: (probability) => next() < probability,
    pick: (values) => {
      if (values.length === 0) throw new RangeError('Nothing to pick from.');
      return values[whole(0, values.length - 1)] as (typeof values)[number];
    },
    weigh: (weights) => {
      const entries = Object.entries<number>(weights);
      let rest = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        rest -= weight;
        if (rest < 0) return name as keyof typeof weights;
      }
      throw new RangeError('Nothing to weigh.');
    },
    shuffle: (values) =>
      values
        .map((value) => ({ value, order: next() }))
        .sort((a, b) => a.order - b.order)
        .map(({ value }) => value),
  };
}

/**
 * Bob Jenkins' small fast counter generator (sfc32), started from four FNV-1a hashes of the seed.
 * Math.random cannot be seeded, and a generator of 128 bits keeps thousands of streams apart.
 */
function generator(seed: string): () => number {
  let a = hash(`a${seed}`);
  let b = hash(`b${seed}`);
  let c = hash(`c${seed}`);
  let counter = hash(`d${seed}`);
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  // The first throws still show how alike two seeds are.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
}
