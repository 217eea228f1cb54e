/**
 * Turns stored numbers of any of the types that weight files use into float32.
 */

/** What a file's bytes hold, under safetensors' names. */
export type NumberType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

interface Reader {
  readonly bytes: number;
  readonly read: (view: DataView, position: number) => number;
}

const readers: Readonly<Record<NumberType, Reader>> = {
  F64: { bytes: 8, read: (view, position) => view.getFloat64(position, true) },
  F32: { bytes: 4, read: (view, position) => view.getFloat32(position, true) },
  F16: { bytes: 2, read: (view, position) => widenHalf(view.getUint16(position, true)) },
  BF16: { bytes: 2, read: (view, position) => widenBrain(view.getUint16(position, true)) },
  I64: { bytes: 8, read: (view, position) => Number(view.getBigInt64(position, true)) },
  I32: { bytes: 4, read: (view, position) => view.getInt32(position, true) },
  I16: { bytes: 2, read: (view, position) => view.getInt16(position, true) },
  I8: { bytes: 1, read: (view, position) => view.getInt8(position) },
  U8: { bytes: 1, read: (view, position) => view.getUint8(position) },
  BOOL: { bytes: 1, read: (view, position) => view.getUint8(position) },
};

export function isNumberType(name: string): name is NumberType {
  return Object.hasOwn(readers, name);
}

export function bytesOf(type: NumberType): number {
  return readers[type].bytes;
}

/** A view may repeat a storage's numbers, so that no size of a file bounds its own. */
const mostNumbers = 2 ** 30;

export interface Strided {
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** In elements. */
  readonly strides: readonly number[];
  readonly offset: number;
}

/** Row-major values of a view of a storage, which must reach as far as the view does. */
export function readStrided(storage: Uint8Array, { type, shape, strides, offset }: Strided): Float32Array {
  const { bytes, read } = readers[type];
  const view = new DataView(storage.buffer, storage.byteOffset, storage.byteLength);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > mostNumbers) throw new Error(`A tensor [${shape}] holds more numbers than any network's.`);
  const values = new Float32Array(count);
  const position = shape.map(() => 0);
  let source = offset;
  for (let index = 0; index < count; index++) {
    values[index] = read(view, source * bytes);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const size = shape[axis] as number;
      const stride = strides[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      source += stride;
      if ((position[axis] as number) < size) break;
      source -= stride * size;
      position[axis] = 0;
    }
  }
  return values;
}

/** Strides of a tensor that lies row by row. */
export function rowMajor(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** IEEE 754 half precision: 1 sign, 5 exponent, 10 fraction bits. */
function widenHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function widenBrain(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

const single = new Float32Array(1);
const bitsOfSingle = new Uint32Array(single.buffer);

/** To the nearest half-precision number, ties to the even one. Throws where a value is beyond the range of +-65504. */
export function narrowHalves(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = narrowHalf(values[i] as number);
  return halves;
}

function narrowHalf(value: number): number {
  single[0] = value;
  const bits = bitsOfSingle[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (!(size < 65520)) throw new Error(`${value} cannot be kept in half precision.`);
  // Below the smallest normal number the steps are all of 2^-24.
  if (size < 2 ** -14) return sign | roundToEven(size * 2 ** 24);
  const exponentAndFraction = (bits & 0x7fffffff) - (112 << 23);
  const rest = exponentAndFraction & 0x1fff;
  const half = exponentAndFraction >>> 13;
  return sign | (half + (rest > 0x1000 || (rest === 0x1000 && half & 1) ? 1 : 0));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
}
