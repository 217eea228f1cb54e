import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { StateTensor } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { type RangerMoments, startMoments, stepRanger } from './ranger.ts';

/** Ranger over a network's variables. */
export interface Optimiser {
  /** Moves every variable one step along its gradient (under `variable.name`), at the rate that `lrOf` gives for its key. */
  step(gradients: Readonly<Record<string, Tensor>>, lrOf: (name: string) => number): void;
  /** Everything that the next step depends on, beside the variables; the arrays are the optimiser's own. */
  state(): OptimiserState;
  load(state: OptimiserState): void;
  /** Begins anew at the values that the variables have now. */
  restart(): void;
}

export interface OptimiserState {
  readonly steps: number;
  /** Under the variable's name behind `average/`, `square/` or `slow/`, in TensorFlow's layout. */
  readonly moments: ReadonlyMap<string, StateTensor>;
}

interface Parameter {
  readonly name: string;
  readonly variable: Variable;
  readonly values: Float32Array;
  readonly units: number;
  moments: RangerMoments;
}

/** `trainable` holds the variables under PyTorch's names. */
export function createOptimiser(tf: Tensorflow, trainable: ReadonlyMap<string, Variable>): Optimiser {
  const parameters = [...trainable].map(([name, variable]): Parameter => {
    const values = Float32Array.from(variable.dataSync());
    return { name, variable, values, units: unitsOf(name, variable.shape), moments: startMoments(values) };
  });
  let steps = 0;
  const follow = ({ variable, values }: Parameter): void => values.set(variable.dataSync());
  return {
    step(gradients, lrOf) {
      steps++;
      for (const { name, variable, values, units, moments } of parameters) {
        const gradient = gradients[variable.name];
        if (!gradient) throw new Error(`There is no gradient for ${name}.`);
        const slopes = gradient.dataSync() as Float32Array;
        stepRanger({ values, gradient: slopes, moments, step: steps, lr: lrOf(name), units });
        // The variable gets a copy: tfjs may keep the array that a tensor is made of.
        tf.tidy(() => variable.assign(tf.tensor(values.slice(), variable.shape)));
      }
    },
    state() {
      const moments = new Map<string, StateTensor>();
      for (const { name, variable, moments: own } of parameters)
        for (const kind of ['average', 'square', 'slow'] as const)
          moments.set(`${kind}/${name}`, { shape: variable.shape, data: own[kind] });
      return { steps, moments };
    },
    load(state) {
      steps = state.steps;
      for (const parameter of parameters) {
        const { name, values } = parameter;
        follow(parameter);
        const read = (kind: string): Float32Array => {
          const data = state.moments.get(`${kind}/${name}`)?.data;
          if (data?.length !== values.length) throw new Error(`The optimiser's state lacks ${kind}/${name}.`);
          return Float32Array.from(data);
        };
        parameter.moments = { average: read('average'), square: read('square'), slow: read('slow') };
      }
    },
    restart() {
      steps = 0;
      for (const parameter of parameters) {
        follow(parameter);
        parameter.moments = startMoments(parameter.values);
      }
    },
  };
}

/** Output units of a variable in TensorFlow's layout: the last axis, a depthwise kernel's third; 0 for vectors. */
export function unitsOf(name: string, shape: readonly number[]): number {
  if (shape.length < 2) return 0;
  return (name.includes('_depthwise_conv') ? shape[2] : shape.at(-1)) ?? 0;
}
