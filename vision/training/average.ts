import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { StateTensor } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';

/** The moving average of what learns. Batch norm's running statistics are averages already and stay as they are. */
export interface MovingAverage {
  /** Takes in the present values; `step` counts from 1. Early steps weigh more, so that the first weights are soon forgotten. */
  update(step: number): void;
  /** Runs `body` while the averages are in the variables' place. */
  within<T>(body: () => Promise<T>): Promise<T>;
  /** In TensorFlow's layout, under the variables' names. */
  state(): ReadonlyMap<string, StateTensor>;
  load(state: ReadonlyMap<string, StateTensor>): void;
  /** Begins anew at the values that the variables have now. */
  restart(): void;
}

/** `share` is what the average keeps at each step; with 0 it is the variables themselves, and nothing is kept. */
export function createAverage(tf: Tensorflow, trainable: ReadonlyMap<string, Variable>, share: number): MovingAverage {
  const averages = new Map<string, Tensor>();
  const replace = (name: string, next: Tensor): void => {
    averages.get(name)?.dispose();
    averages.set(name, tf.keep(next));
  };
  const restart = (): void => {
    if (share > 0) for (const [name, variable] of trainable) replace(name, variable.clone());
  };
  const place = (values: ReadonlyMap<string, Tensor>): void => {
    for (const [name, value] of values) (trainable.get(name) as Variable).assign(value);
  };
  restart();
  return {
    update(step) {
      const kept = Math.min(share, (1 + step) / (10 + step));
      for (const [name, average] of averages) {
        const variable = trainable.get(name) as Variable;
        replace(
          name,
          tf.tidy(() => average.add(variable.sub(average).mul(1 - kept))),
        );
      }
    },
    async within(body) {
      const own = new Map([...averages.keys()].map((name) => [name, (trainable.get(name) as Variable).clone()]));
      place(averages);
      try {
        return await body();
      } finally {
        place(own);
        tf.dispose([...own.values()]);
      }
    },
    state: () => new Map([...averages].map(([name, { shape }]) => [name, { shape, data: dataOf(averages, name) }])),
    load(state) {
      for (const name of averages.keys()) {
        const tensor = state.get(name);
        if (!tensor) throw new Error(`The checkpoint lacks the average of ${name}.`);
        replace(name, tf.tensor(Float32Array.from(tensor.data), [...tensor.shape]));
      }
    },
    restart,
  };
}

function dataOf(averages: ReadonlyMap<string, Tensor>, name: string): Float32Array {
  return Float32Array.from((averages.get(name) as Tensor).dataSync<'float32'>());
}
