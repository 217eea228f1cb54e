/** Vectors of one width, one behind the other. */
export interface Vectors {
  readonly width: number;
  readonly values: Float32Array;
}

/** The cosine of two of them, which have length 1. */
export function cosineOf({ values, width }: Vectors, one: number, other: number): number {
  let sum = 0;
  for (let place = 0; place < width; place++) {
    sum += (values[one * width + place] as number) * (values[other * width + place] as number);
  }
  return sum;
}

export function dot(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let place = 0; place < other.length; place++) sum += (one[place] as number) * (other[place] as number);
  return sum;
}

/** Adds `factor` times `other` to `sum`. */
export function addTo(sum: Float64Array, other: ArrayLike<number>, factor: number): void {
  for (let place = 0; place < sum.length; place++) {
    sum[place] = (sum[place] as number) + factor * (other[place] as number);
  }
}
