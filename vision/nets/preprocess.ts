/**
 * What a network expects its photos' bytes to be turned into.
 */
import type { Preprocessing } from './table.ts';

export type { Preprocessing };
export const preprocessings: readonly Preprocessing[] = ['lite', 'imagenet', 'advprop'];

// Of torchvision's models: the mean and deviation of ImageNet's training photos, as fractions of 1.
const imagenetMean = [0.485, 0.456, 0.406];
const imagenetDeviation = [0.229, 0.224, 0.225];

/** RGB bytes, interleaved, to float32 of the same order and length; `into` may be a part of a batch. */
export function preprocess(
  kind: Preprocessing,
  rgb: Uint8Array,
  into: Float32Array = new Float32Array(rgb.length),
): Float32Array {
  const tables = tablesOf(kind);
  for (let index = 0; index < rgb.length; index += 3)
    for (let channel = 0; channel < 3; channel++)
      into[index + channel] = tables[channel]?.[rgb[index + channel] as number] as number;
  return into;
}

const known = new Map<Preprocessing, readonly Float32Array[]>();

/** 256 values a channel: a look-up is exact and quicker than the arithmetic. */
function tablesOf(kind: Preprocessing): readonly Float32Array[] {
  const found = known.get(kind);
  if (found !== undefined) return found;
  const tables = [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => convert(kind, byte, channel)),
  );
  known.set(kind, tables);
  return tables;
}

function convert(kind: Preprocessing, byte: number, channel: number): number {
  if (kind === 'lite') return (byte - 127) / 128;
  if (kind === 'advprop') return (2 * byte) / 255 - 1;
  return (byte / 255 - (imagenetMean[channel] as number)) / (imagenetDeviation[channel] as number);
}
