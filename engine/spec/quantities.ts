/** Sizes and durations with their units. */
import type { Json } from '../model/names.ts';

const bytes: Readonly<Record<string, number>> = {
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

const seconds: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  sec: 1,
  min: 60,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** Bytes of `6 GB`, `512 MiB` or a number of bytes; undefined where the value is neither. */
export function parseSize(value: Json): number | undefined {
  const size = parseQuantity(value, bytes);
  return size === undefined ? undefined : Math.round(size);
}

/** Seconds of `90 s`, `10 min`, `2 h` or a number of seconds; undefined where the value is neither. */
export function parseDuration(value: Json): number | undefined {
  const duration = parseQuantity(value, seconds);
  return duration !== undefined && duration > 0 ? duration : undefined;
}

function parseQuantity(value: Json, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  const match = typeof value === 'string' && /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(value);
  if (!match) return undefined;
  const [, number, unit = ''] = match;
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  return factor === undefined ? undefined : Number(number) * factor;
}
