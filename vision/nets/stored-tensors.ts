/**
 * Weight files that are open: their tensors are known by name and shape, and the numbers are read when they are asked
 * for, so that a file of gigabytes costs only what is taken from it.
 */
import { open } from 'node:fs/promises';
import type { StateDict } from './network.ts';
import { bytesOf, readStrided, type Strided } from './numbers.ts';

export interface StoredTensor {
  readonly shape: readonly number[];
  /** Row-major, as float32. Throws where the file does not hold them. */
  readonly read: () => Promise<Float32Array>;
}

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** Bytes that lie somewhere, of which parts are read. */
export interface Bytes {
  readonly size: number;
  /** All of `length` bytes from `start` on, both within the size. */
  readonly read: (start: number, length: number) => Promise<Buffer>;
}

/** Lends a file's bytes to `use`; the file is closed behind it. */
export async function withBytes<T>(path: string, use: (bytes: Bytes) => Promise<T>): Promise<T> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await use({
      size,
      read: async (start, length) => {
        const buffer = Buffer.allocUnsafe(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await file.read(buffer, done, length - done, start + done);
          if (bytesRead === 0) throw new Error(`${path} became shorter while it was read.`);
          done += bytesRead;
        }
        return buffer;
      },
    });
  } finally {
    await file.close();
  }
}

/** A part of other bytes. */
export function partOf(whole: Bytes, start: number, size: number): Bytes {
  return { size, read: (from, length) => whole.read(start + from, length) };
}

/** A tensor that is a view of numbers in a storage; only the bytes from its first to its last one are read. */
export function storedTensor(storage: Bytes, { type, shape, strides, offset }: Strided): StoredTensor {
  return {
    shape,
    read: async () => {
      const width = bytesOf(type);
      const isEmpty = shape.includes(0);
      const last = shape.reduce((sum, side, axis) => sum + (side - 1) * (strides[axis] ?? 0), offset);
      const sound = [offset, ...shape, ...strides].every((each) => Number.isSafeInteger(each) && each >= 0);
      if (!sound || shape.length !== strides.length || (!isEmpty && (last + 1) * width > storage.size))
        throw new Error(`A tensor [${shape}] reaches beyond its storage of ${storage.size / width} numbers.`);
      const numbers = isEmpty ? Buffer.alloc(0) : await storage.read(offset * width, (last + 1 - offset) * width);
      return readStrided(numbers, { type, shape, strides, offset: 0 });
    },
  };
}

/** Reads every tensor, one after the other. */
export async function readAll(tensors: StoredTensors): Promise<StateDict> {
  const state: StateDict = new Map();
  for (const [name, { shape, read }] of tensors) state.set(name, { shape, data: await read() });
  return state;
}
