import { addTo, dot, type Vectors } from './vectors.ts';

/** So many vectors tell where all differ; two rounds are enough, since the directions need not be exact. */
const sampled = 500;
const rounds = 2;

/**
 * Orthonormal directions in which vectors differ most, roughly, the most telling first: principal components by
 * subspace iteration. At most `count`, fewer where the vectors span fewer.
 */
export function mainDirections({ values, width }: Vectors, count: number): Float64Array[] {
  const total = values.length / width;
  const step = Math.max(1, total / sampled);
  const rows: Float64Array[] = [];
  for (let row = 0; Math.floor(row) < total; row += step) {
    const start = Math.floor(row) * width;
    rows.push(Float64Array.from(values.subarray(start, start + width)));
  }
  const mean = new Float64Array(width);
  for (const row of rows) addTo(mean, row, 1 / rows.length);
  for (const row of rows) addTo(row, mean, -1);

  const apart = Math.max(1, Math.floor(rows.length / count));
  let directions = orthonormal(rows.filter((_, place) => place % apart === 0).slice(0, count));
  for (let round = 0; round < rounds; round++) {
    directions = orthonormal(directions.map((direction) => spreadAlong(rows, direction)));
  }
  const spread = new Map(directions.map((direction) => [direction, dotSquares(rows, direction)]));
  return directions.toSorted((one, other) => (spread.get(other) as number) - (spread.get(one) as number));
}

/** Each vector's shares along the directions. */
export function sharesOf({ values, width }: Vectors, directions: readonly Float64Array[]): Vectors {
  const shares = new Float32Array((values.length / width) * directions.length);
  for (let row = 0; row < values.length / width; row++) {
    const vector = values.subarray(row * width, (row + 1) * width);
    directions.forEach((direction, place) => {
      shares[row * directions.length + place] = dot(vector, direction);
    });
  }
  return { width: directions.length, values: shares };
}

/** Gram and Schmidt, leaving out what the vectors before explain already. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const found: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    const rest = vector.slice();
    // Once more, since rounding leaves traces of the others after the first time.
    for (let time = 0; time < 2; time++) for (const known of found) addTo(rest, known, -dot(rest, known));
    const length = Math.sqrt(dot(rest, rest));
    if (length > before * 1e-6 && length > 0) found.push(rest.map((value) => value / length));
  }
  return found;
}

/** The covariance's product with a direction, but for a factor. */
function spreadAlong(rows: readonly Float64Array[], direction: Float64Array): Float64Array {
  const product = new Float64Array(direction.length);
  for (const row of rows) addTo(product, row, dot(row, direction));
  return product;
}

function dotSquares(rows: readonly Float64Array[], direction: Float64Array): number {
  return rows.reduce((sum, row) => sum + dot(row, direction) ** 2, 0);
}
