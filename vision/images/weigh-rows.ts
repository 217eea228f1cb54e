/**
 * Adds bytes times a weight to sums of 32 bits, eight at once. WebAssembly, since JavaScript has no such instructions: rows
 * are added up in a sixth of the time.
 *
 * `assembled` is this text, so that nothing has to be assembled where photos are opened. A test does it again, and where the
 * text has changed says what belongs there.
 */
export const text = `(module
  (memory (export "memory") 1)
  (func (export "add") (param $bytes i32) (param $end i32) (param $sums i32) (param $weight i32)
    (local $weights v128)
    (local $eight v128)
    (local.set $weights (i32x4.splat (local.get $weight)))
    (loop $next
      (local.set $eight (v128.load8x8_u (local.get $bytes)))
      (v128.store (local.get $sums)
        (i32x4.add
          (v128.load (local.get $sums))
          (i32x4.mul (i32x4.extend_low_i16x8_u (local.get $eight)) (local.get $weights))))
      (v128.store offset=16 (local.get $sums)
        (i32x4.add
          (v128.load offset=16 (local.get $sums))
          (i32x4.mul (i32x4.extend_high_i16x8_u (local.get $eight)) (local.get $weights))))
      (local.set $bytes (i32.add (local.get $bytes) (i32.const 8)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
      (br_if $next (i32.lt_u (local.get $bytes) (local.get $end))))))`;

export const assembled =
  'AGFzbQEAAAABCAFgBH9/f38AAwIBAAUDAQABBxACBm1lbW9yeQIAA2FkZAAACl4BXAECeyAD/REhBANAIAD9AgMAIQUgAiAC/QAEACAF/akBIAT9tQH9rgH9CwQAIAIgAv0ABBAgBf2qASAE/bUB/a4B/QsEECAAQQhqIQAgAkEgaiECIAAgAUkNAAsL';

interface Assembled {
  readonly memory: { readonly buffer: ArrayBuffer; readonly grow: (pages: number) => number };
  /** Addresses of the bytes, their end and the sums. */
  readonly add: (bytes: number, end: number, sums: number, weight: number) => void;
}

/** As far as it is used here; Node's types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

export interface WeighedRows {
  /** Adds a row times a whole number. */
  readonly add: (row: Uint8Array, weight: number) => void;
  /** What was added up, byte by byte. */
  readonly sums: Int32Array;
}

let instance: Assembled | undefined;

/** Empty sums of rows of this many bytes. Whoever asks next is given the same memory. */
export function weighRows(length: number): WeighedRows {
  instance ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(assembled, 'base64'))).exports as Assembled;
  const { memory, add } = instance;
  const start = Math.ceil(length / 16) * 16;
  const missing = start * 5 - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  const bytes = new Uint8Array(memory.buffer, 0, length);
  const sums = new Int32Array(memory.buffer, start, length);
  return {
    add: (row, weight) => {
      bytes.set(row);
      add(0, length, start, weight);
    },
    sums: sums.fill(0),
  };
}
