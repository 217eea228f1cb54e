import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Network, Pass } from '../nets/network.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { softCrossEntropy } from './loss.ts';
import type { Optimiser } from './optimiser.ts';

/** What goes through the network at once. */
export interface Portion {
  /** Images, or what the network's frozen part gave for them. */
  readonly inputs: Tensor;
  /** [batch, classes] */
  readonly targets: Tensor2D;
}

export interface StepRequest {
  readonly tf: Tensorflow;
  readonly network: Network;
  readonly optimiser: Optimiser;
  /** Of one size. Several stand for one batch of all their photos, but for batch norm, which sees each by itself. */
  readonly portions: readonly Portion[];
  readonly pass: Pass;
  readonly lrOf: (name: string) => number;
}

type Gradients = Readonly<Record<string, Tensor>>;

/** One batch: forward, loss, backward, and the optimiser's step. Gives the loss; keeps no tensor of its own. */
export function takeStep({ tf, network, optimiser, portions, pass, lrOf }: StepRequest): number {
  return tf.tidy(() => {
    let sums: Gradients | undefined;
    let loss = 0;
    for (const { inputs, targets } of portions) {
      const lossOf = (): Scalar => softCrossEntropy(tf, targets, network.forwardRest(inputs, pass));
      const { value, grads } = tf.variableGrads(lossOf, [...network.trainable.values()]);
      loss += (value.dataSync()[0] as number) / portions.length;
      sums = sums ? addGradients(tf, sums, grads) : grads;
    }
    if (sums) optimiser.step(portions.length > 1 ? scaleGradients(tf, sums, 1 / portions.length) : sums, lrOf);
    return loss;
  });
}

function addGradients(tf: Tensorflow, sums: Gradients, grads: Gradients): Gradients {
  const added = Object.entries(sums).map(([name, sum]) => [name, tf.add(sum, grads[name] as Tensor)]);
  tf.dispose([...Object.values(sums), ...Object.values(grads)]);
  return Object.fromEntries(added);
}

function scaleGradients(tf: Tensorflow, sums: Gradients, factor: number): Gradients {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, tf.mul(sum, factor)]));
}
