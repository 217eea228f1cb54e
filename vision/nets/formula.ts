/**
 * Weights and pictures from a formula, by which a network can be compared with another implementation without any file.
 *
 * u(i) = mix((i + fnv(name)) mod 2^32) / 2^32 - 0.5, where fnv is the 32-bit FNV-1a hash of the tensor's name and mix
 * is murmur3's finaliser; i counts in row-major order of PyTorch's layout.
 */
import type { StateDict } from './network.ts';

/** Kernels: u sqrt(gain / inputs of one output); norms' weights: 1 + 0.1 u; running variances: 1 + 0.5 u; all else: 0.1 u. */
export function formulaState(shapes: ReadonlyMap<string, readonly number[]>, gain: number): StateDict {
  const state: StateDict = new Map();
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, size) => product * size, 1);
    const [offset, factor] = coefficients(name, shape, gain);
    const seed = hashName(name);
    const data = Float32Array.from({ length: count }, (_, i) => offset + factor * (mix(i + seed) / 2 ** 32 - 0.5));
    state.set(name, { shape, data });
  }
  return state;
}

function coefficients(name: string, shape: readonly number[], gain: number): readonly [number, number] {
  if (name.endsWith('.weight') && shape.length > 1)
    return [0, Math.sqrt(gain / shape.slice(1).reduce((product, size) => product * size, 1))];
  if (name.endsWith('.weight')) return [1, 0.1];
  if (name.endsWith('.running_var')) return [1, 0.5];
  return [0, 0.1];
}

/** x(n) = 2 mix(n) / 2^32 - 1, n counted row-major over [batch, 3, size, size]; returned as NHWC. */
export function formulaImages(batch: number, size: number): Float32Array {
  return channelsLast({ batch, size, value: (n) => (2 * mix(n)) / 2 ** 32 - 1 });
}

/** Fills [batch, size, size, 3] by a value for each index of [batch, 3, size, size]. */
export function channelsLast(request: { batch: number; size: number; value: (n: number) => number }): Float32Array {
  const { batch, size, value } = request;
  const images = new Float32Array(batch * size * size * 3);
  const area = size * size;
  for (let n = 0; n < images.length; n++) {
    const image = Math.floor(n / (3 * area));
    const channel = Math.floor(n / area) % 3;
    images[(image * area + (n % area)) * 3 + channel] = value(n);
  }
  return images;
}

function hashName(name: string): number {
  let hash = 2166136261;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash;
}

function mix(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
