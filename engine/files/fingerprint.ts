import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Files from this size on have a fingerprint; smaller ones are hashed again sooner than compared. */
export const fingerprintFrom = 64 * 1024;

export interface Fingerprint {
  /** Takes that many bytes from the beginning of the piece. */
  readonly update: (bytes: number) => void;
  /** 32 hexadecimal digits. */
  readonly finish: () => string;
}

export interface Fingerprints {
  /** What is to be printed is read into here. */
  readonly piece: Buffer;
  /** Of one file at a time, since they share the memory of the inner state. */
  readonly start: () => Fingerprint;
}

/** What the module of xxhash-wasm gives. Addresses are bytes of its memory. */
interface Xxhash {
  readonly mem: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => void };
  readonly init64: (state: number, seed: bigint) => void;
  readonly update64: (state: number, from: number, bytes: number) => void;
  readonly digest64: (state: number) => bigint;
}

/** TypeScript knows it only together with all of a browser. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

const [state, stateBytes] = [0, 88];
/** A page of WebAssembly, behind which the piece begins: where a piece begins is worth a lot, see below. */
const page = 64 * 1024;

/**
 * A piece has to stay in the core's own cache while it is hashed twice. It begins at a page of memory, as the kernel's own
 * copy of the file does: sixteen bytes behind one, where the allocator puts large buffers, reading takes three times as long.
 */
const pieceBytes = 128 * 1024;

let opened: Fingerprints | undefined;
let small: Buffer | undefined;

/**
 * Files are read into the very memory in which WebAssembly hashes them. The library's functions would copy each piece into
 * it, which is a seventh of what reading and printing cost, and they do not give that memory away; so its module is
 * taken without them.
 */
export function openFingerprints(): Fingerprints {
  opened ??= openModule();
  return opened;
}

/** Where files are read that are too small for a fingerprint: to open one costs more than to hash a hundred of these. */
export function openPage(): Buffer {
  small ??= Buffer.from(new WebAssembly.Memory({ initial: 1 }).buffer);
  return small;
}

function openModule(): Fingerprints {
  const library = createRequire(import.meta.url).resolve('xxhash-wasm');
  const module = new WebAssembly.Module(readFileSync(join(library, '../../workerd/xxhash.wasm')));
  const { mem, init64, update64, digest64 } = new WebAssembly.Instance(module).exports as Xxhash;
  mem.grow(Math.max(0, page + pieceBytes - mem.buffer.byteLength) / page);
  const piece = Buffer.from(mem.buffer, page, pieceBytes);
  const hex = () => BigInt.asUintN(64, digest64(state)).toString(16).padStart(16, '0');
  const start = (): Fingerprint => {
    // The module itself leaves some of the last file's state.
    Buffer.from(mem.buffer, state, stateBytes).fill(0);
    init64(state, 0n);
    return {
      update: (bytes) => update64(state, page, bytes),
      finish: () => {
        const first = hex();
        piece.set(closingBlock);
        update64(state, page, closingBlock.length);
        return first + hex();
      },
    };
  };
  return { piece, start };
}

/**
 * 128 bits in one pass: xxh64's inner state is 256 bits wide, so the digest before and the digest after one more fixed
 * block are two different views of it. Two seeds would read every byte twice and take twice as long.
 */
const closingBlock = Uint8Array.from({ length: 64 }, (_, index) => (index * 151 + 89) & 255);
