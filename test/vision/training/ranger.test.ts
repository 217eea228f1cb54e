import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mix32 } from '../../../vision/training/random.ts';
import { centraliseGradient, startMoments, stepRanger } from '../../../vision/training/ranger.ts';

interface Reference {
  readonly shapes: Record<string, number[]>;
  readonly after: Record<string, Record<string, number[]>>;
}
const reference: Reference = JSON.parse(readFileSync(new URL('../../fixtures/ranger.json', import.meta.url), 'utf8'));

/** The formula that ranger.json names, in PyTorch's layout. */
const uniform = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => mix32(i + 1000 * seed) / 2 ** 32 - 0.5);

/** For each index in TensorFlow's layout (unit fastest) the index in PyTorch's (unit slowest). */
function layout(shape: readonly number[]): number[] {
  const units = shape[0] as number;
  const length = shape.reduce((product, side) => product * side, 1);
  return Array.from({ length }, (_, i) => (i % units) * (length / units) + Math.floor(i / units));
}

test('thirty steps of Ranger give the values of the reference within 1e-6', () => {
  const names = Object.keys(reference.shapes);
  const parameters = names.map((name, index) => {
    const shape = reference.shapes[name] as number[];
    const order = layout(shape);
    const values = order.map((from) => uniform(order.length, index + 1)[from] as number);
    return { name, index, shape, order, values: Float32Array.from(values) };
  });
  const moments = parameters.map(({ values }) => startMoments(values));
  let compared = 0;
  for (let step = 1; step <= 30; step++) {
    for (const [at, { name, index, shape, order, values }] of parameters.entries()) {
      const torch = uniform(order.length, 10 * (index + 1) + step).map((value) => 4 * value);
      const gradient = Float32Array.from(order.map((from) => torch[from] as number));
      const units = shape.length > 1 ? (shape[0] as number) : 0;
      const state = moments[at];
      assert.ok(state);
      stepRanger({ values, gradient, moments: state, step, lr: 2e-4, units });
      for (const [i, wanted] of (reference.after[step]?.[name] ?? []).entries()) {
        const got = values[order.indexOf(i)] as number;
        assert.ok(Math.abs(got - wanted) < 1e-6, `${name}[${i}] after ${step} steps: ${got}, not ${wanted}`);
        compared++;
      }
    }
  }
  assert.ok(compared > 100, `${compared} values compared`);
});

test('a centralised gradient has the mean 0 in every output unit', () => {
  const gradient = Float32Array.from([1, 10, 3, 30, 5, 80]);
  centraliseGradient(gradient, 2);
  assert.deepEqual([...gradient], [-2, -30, 0, -10, 2, 40]);
});
