/**
 * Reads and writes safetensors: a length (uint64), a JSON header with every tensor's place, then the numbers.
 * The format is described at https://github.com/huggingface/safetensors.
 */
import { writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import type { StateDict } from './network.ts';
import { bytesOf, isNumberType, rowMajor } from './numbers.ts';
import {
  type Bytes,
  partOf,
  readAll,
  type StoredTensor,
  type StoredTensors,
  storedTensor,
  withBytes,
} from './stored-tensors.ts';

export interface SafetensorsFile {
  readonly state: StateDict;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Place {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** A header of this length is not one of weights, and is refused before it is parsed. */
const longestHeader = 100_000_000;

/** All tensors as float32, in the order of the file's header. */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  return withBytes(path, async (bytes) => {
    const { tensors, metadata } = await findSafetensors(bytes, path);
    return { state: await readAll(tensors), metadata };
  });
}

export interface StoredSafetensors {
  readonly tensors: StoredTensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads the header alone, and checks it against the file's size. `path` names the file in errors. */
export async function findSafetensors(bytes: Bytes, path: string): Promise<StoredSafetensors> {
  const length = bytes.size < 8 ? -1 : Number((await bytes.read(0, 8)).readBigUInt64LE(0));
  if (length < 2 || length > longestHeader || 8 + length > bytes.size)
    throw new Error(
      `${path} is no safetensors file: its header is ${length < 0 ? 'missing' : `${length} bytes long`}.`,
    );
  const { __metadata__: metadata = {}, ...places } = parseHeader((await bytes.read(8, length)).toString('utf8'), path);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, place] of Object.entries(places)) {
    if (!isPlace(place))
      throw new Error(`${path}: ${name} is not described as safetensors does it; the file is damaged.`);
    const { dtype, shape, data_offsets } = place;
    if (!isNumberType(dtype)) throw new Error(`${path}: ${name} has numbers of ${dtype}, which cannot be read.`);
    const [start, end] = data_offsets;
    const count = shape.reduce((product, size) => product * size, 1);
    if (end - start !== count * bytesOf(dtype) || start < 0 || 8 + length + end > bytes.size)
      throw new Error(`${path}: ${name} [${shape}] does not fit its ${end - start} bytes; the file is damaged.`);
    const view = { type: dtype, shape, strides: rowMajor(shape), offset: 0 };
    tensors.set(name, storedTensor(partOf(bytes, 8 + length + start, end - start), view));
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function parseHeader(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch {
    // The same sentence serves.
  }
  throw new Error(`${path} is no safetensors file: its header is not JSON of tensors by name.`);
}

function isPlace(value: unknown): value is Place {
  const { dtype, shape, data_offsets } = (value ?? {}) as { readonly [name in keyof Place]?: unknown };
  return typeof dtype === 'string' && isSizes(shape) && isSizes(data_offsets) && data_offsets.length === 2;
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A tensor to be written: float32, or half precision as its bits. */
interface WritableTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint16Array;
}

/** Writes tensors in their order; equal contents give equal bytes. */
export async function writeSafetensors(
  path: string,
  state: ReadonlyMap<string, WritableTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (endianness() !== 'LE') throw new Error('Weights are written on little-endian machines only.');
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const pieces: Uint8Array[] = [];
  let end = 0;
  for (const [name, { shape, data }] of state) {
    const start = end;
    end += data.byteLength;
    header[name] = { dtype: data instanceof Uint16Array ? 'F16' : 'F32', shape, data_offsets: [start, end] };
    pieces.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  // Padded with spaces, so that the numbers begin at a multiple of 8.
  const text = JSON.stringify(header);
  const padded = Buffer.from(text + ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  await writeFile(path, [length, padded, ...pieces]);
}
