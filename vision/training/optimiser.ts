import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { StateTensor } from '../nets/network.ts';
import { createKernels } from '../tensorflow/kernels/create.ts';
import type { Kernels } from '../tensorflow/kernels/kernels.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { contestRanger, type RangerMoments, rectify, startMoments, stepRanger } from './ranger.ts';

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

const kinds = ['average', 'square', 'slow'] as const;

/** `trainable` holds the variables under PyTorch's names. One kernel steps them all where there is one, else plain arrays do. */
export function createOptimiser(tf: Tensorflow, trainable: ReadonlyMap<string, Variable>): Optimiser {
  const { stepRanger: step } = createKernels(tf);
  return step ? kernelOptimiser(tf, trainable, step) : arrayOptimiser(tf, trainable);
}

/** A gradient for each variable, in the order of `trainable`; throws for the first that has none. */
function gradientsOf(trainable: ReadonlyMap<string, Variable>, gradients: Readonly<Record<string, Tensor>>): Tensor[] {
  return [...trainable].map(([name, variable]) => {
    const gradient = gradients[variable.name];
    if (!gradient) throw new Error(`There is no gradient for ${name}.`);
    return gradient;
  });
}

/** A stored moment; throws where the state is of other variables. */
function momentOf(state: OptimiserState, key: string, length: number): Float32Array {
  const data = state.moments.get(key)?.data;
  if (data?.length !== length) throw new Error(`The optimiser's state lacks ${key}.`);
  return Float32Array.from(data);
}

export function kernelOptimiser(
  tf: Tensorflow,
  trainable: ReadonlyMap<string, Variable>,
  stepAll: NonNullable<Kernels['stepRanger']>,
): Optimiser {
  const { betas, epsilon, clamp, every, alpha } = contestRanger;
  const names = [...trainable.keys()];
  const variables = [...trainable.values()];
  const units = [...trainable].map(([name, { shape }]) => unitsOf(name, shape));
  let steps = 0;
  let moments = new Map<string, Tensor>();
  const replace = (dataOf: (kind: (typeof kinds)[number], name: string, variable: Variable) => Float32Array): void => {
    for (const moment of moments.values()) moment.dispose();
    moments = new Map(
      kinds.flatMap((kind) =>
        [...trainable].map(([name, variable]) => [
          `${kind}/${name}`,
          tf.keep(tf.tensor(dataOf(kind, name, variable), variable.shape)),
        ]),
      ),
    );
  };
  const restart = (): void => {
    steps = 0;
    replace((kind, _, variable) =>
      kind === 'slow' ? Float32Array.from(variable.dataSync()) : new Float32Array(variable.size),
    );
  };
  const listOf = (kind: string): Tensor[] => names.map((name) => moments.get(`${kind}/${name}`) as Tensor);
  restart();
  return {
    step(gradients, lrOf) {
      steps++;
      const { size, adaptive } = rectify(steps, contestRanger);
      const settings = [...betas, epsilon, clamp, adaptive ? 1 : 0, steps % every === 0 ? 1 : 0, alpha];
      const next = stepAll({
        settings,
        paces: names.map((name) => size * lrOf(name)),
        units,
        values: variables,
        gradients: gradientsOf(trainable, gradients),
        averages: listOf('average'),
        squares: listOf('square'),
        slows: listOf('slow'),
      });
      for (const [place, variable] of variables.entries()) variable.assign(next[place] as Tensor);
      tf.dispose(next);
    },
    state: () => ({
      steps,
      moments: new Map(
        [...moments].map(([key, moment]) => [key, { shape: moment.shape, data: moment.dataSync<'float32'>() }]),
      ),
    }),
    load(state) {
      steps = state.steps;
      replace((kind, name, { size }) => momentOf(state, `${kind}/${name}`, size));
    },
    restart,
  };
}

interface Parameter {
  readonly name: string;
  readonly variable: Variable;
  readonly values: Float32Array;
  readonly units: number;
  moments: RangerMoments;
}

export function arrayOptimiser(tf: Tensorflow, trainable: ReadonlyMap<string, Variable>): Optimiser {
  const parameters = [...trainable].map(([name, variable]): Parameter => {
    const values = Float32Array.from(variable.dataSync());
    return { name, variable, values, units: unitsOf(name, variable.shape), moments: startMoments(values) };
  });
  let steps = 0;
  const follow = ({ variable, values }: Parameter): void => values.set(variable.dataSync());
  return {
    step(gradients, lrOf) {
      steps++;
      const all = gradientsOf(trainable, gradients);
      for (const [place, { name, variable, values, units, moments }] of parameters.entries()) {
        const slopes = (all[place] as Tensor).dataSync() as Float32Array;
        stepRanger({ values, gradient: slopes, moments, step: steps, lr: lrOf(name), units });
        // The variable gets a copy: tfjs may keep the array that a tensor is made of.
        tf.tidy(() => variable.assign(tf.tensor(values.slice(), variable.shape)));
      }
    },
    state() {
      const moments = new Map<string, StateTensor>();
      for (const { name, variable, moments: own } of parameters)
        for (const kind of kinds) moments.set(`${kind}/${name}`, { shape: variable.shape, data: own[kind] });
      return { steps, moments };
    },
    load(state) {
      steps = state.steps;
      for (const parameter of parameters) {
        const { name, values } = parameter;
        follow(parameter);
        const read = (kind: string): Float32Array => momentOf(state, `${kind}/${name}`, values.length);
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
