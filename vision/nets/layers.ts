/**
 * The layers that EfficientNets consist of, over variables under PyTorch's names.
 *
 * Each layer can be applied in two ways: `apply` keeps batch norm apart and lets gradients flow, `infer` folds batch
 * norm into the convolution before it, once for as long as the weights stay.
 */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import type { Kernels } from '../tensorflow/kernels/kernels.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import type { Pass } from './network.ts';
import type { BlockPlan, NetworkPlan } from './table.ts';

export interface Layer {
  apply(x: Tensor4D, pass: Pass): Tensor4D;
  infer(x: Tensor4D): Tensor4D;
  /** Drops the folded weights. */
  dispose(): void;
}

export interface Layers {
  readonly tensorflow: Tensorflow;
  readonly kernels: Kernels;
  readonly plan: NetworkPlan;
  /** The variable of a name, in TensorFlow's layout. */
  readonly variable: (name: string) => Variable;
}

interface UnitPlan {
  readonly convolution: string;
  readonly norm: string;
  readonly stride: number;
  readonly activate: boolean;
}

/** A convolution, its batch norm and perhaps the activation. SAME padding is TensorFlow's own, from the actual size. */
export function createUnit(layers: Layers, { convolution, norm, stride, activate }: UnitPlan): Layer {
  const { tensorflow: tf, kernels, plan, variable } = layers;
  const depthwise = convolution.includes('_depthwise_conv');
  const kernel = variable(`${convolution}.weight`);
  const [scale, offset, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    variable(`${norm}.${part}`),
  ) as [Variable, Variable, Variable, Variable];
  const { epsilon, momentum } = plan;
  let folded: { readonly of: readonly object[]; readonly kernel: Tensor4D; readonly bias: Tensor1D } | undefined;

  const activation = activate ? plan.activation : 'none';

  /** Anew where a variable got other contents, which its data's identity tells. */
  function fold() {
    const of = [kernel, scale, offset, mean, variance].map((each) => each.dataId);
    if (folded?.of.every((identity, index) => identity === of[index])) return folded;
    dispose();
    const [filter, bias] = tf.tidy(() => {
      const factor = scale.mul(variance.add(epsilon).rsqrt());
      const shaped = depthwise ? factor.reshape([1, 1, -1, 1]) : factor.reshape([1, 1, 1, -1]);
      return [tf.keep(kernel.mul(shaped)) as Tensor4D, tf.keep(offset.sub(mean.mul(factor))) as Tensor1D];
    });
    folded = { of, kernel: filter as Tensor4D, bias: bias as Tensor1D };
    return folded;
  }

  function dispose() {
    folded?.kernel.dispose();
    folded?.bias.dispose();
    folded = undefined;
  }

  return {
    apply(x, { training, statistics = 'batch' }) {
      const filter = kernel as unknown as Tensor4D;
      const y = depthwise ? kernels.depthwise(x, { kernel: filter, stride }) : tf.conv2d(x, filter, stride, 'same');
      return kernels.norm(y, {
        scale: scale as unknown as Tensor1D,
        offset: offset as unknown as Tensor1D,
        runningMean: mean,
        runningVariance: variance,
        epsilon,
        momentum,
        statistics: training ? statistics : 'running',
        activation,
      });
    },
    infer(x) {
      const { kernel, bias } = fold();
      const finish = { bias, activation } as const;
      if (depthwise) return kernels.finishedDepthwise(x, { kernel, stride }, finish);
      return kernels.finish(tf.conv2d(x, kernel, stride, 'same'), finish);
    },
    dispose,
  };
}

/** Scales each channel by what the whole picture says of it. */
function createSqueeze({ tensorflow: tf, kernels, variable }: Layers, prefix: string): (x: Tensor4D) => Tensor4D {
  const [reduce, reduceBias, expand, expandBias] = ['_se_reduce', '_se_expand'].flatMap((name) => [
    variable(`${prefix}${name}.weight`),
    variable(`${prefix}${name}.bias`),
  ]) as [Variable, Variable, Variable, Variable];
  const multiply = (x: Tensor2D, weight: Variable) =>
    tf.matMul(x, weight.reshape([weight.shape[2] as number, weight.shape[3] as number]) as Tensor2D);
  return (x) => {
    const pooled = tf.mean(x, [1, 2]) as Tensor2D;
    const narrow = kernels.swish(multiply(pooled, reduce).add(reduceBias) as Tensor2D);
    const gate = kernels.sigmoid(multiply(narrow, expand).add(expandBias));
    return x.mul(gate.reshape([x.shape[0], 1, 1, x.shape[3]])) as Tensor4D;
  };
}

/** An inverted bottleneck; its input is added to its output where the shapes agree. */
export function createBlock(layers: Layers, prefix: string, block: BlockPlan): Layer {
  const { tensorflow: tf } = layers;
  const unit = (convolution: string, norm: string, rest: { stride: number; activate: boolean }) =>
    createUnit(layers, { convolution: prefix + convolution, norm: prefix + norm, ...rest });
  const before: Layer[] = [];
  if (block.expanded !== block.inputs) before.push(unit('_expand_conv', '_bn0', { stride: 1, activate: true }));
  before.push(unit('_depthwise_conv', '_bn1', { stride: block.stride, activate: true }));
  const squeeze = block.squeezed > 0 ? createSqueeze(layers, prefix) : (x: Tensor4D) => x;
  const project = unit('_project_conv', '_bn2', { stride: 1, activate: false });
  const skips = block.stride === 1 && block.inputs === block.outputs;
  return {
    apply(x, pass) {
      const y = before.reduce((value, layer) => layer.apply(value, pass), x);
      const projected = project.apply(squeeze(y), pass);
      if (!skips) return projected;
      return x.add(pass.training ? dropConnect(tf, projected, block.drop, pass) : projected) as Tensor4D;
    },
    infer(x) {
      const y = before.reduce((value, layer) => layer.infer(value), x);
      const projected = project.infer(squeeze(y));
      return (skips ? x.add(projected) : projected) as Tensor4D;
    },
    dispose: () => {
      for (const layer of [...before, project]) layer.dispose();
    },
  };
}

/** Leaves out whole pictures' share of a block and scales the others up to the same mean. */
function dropConnect(tf: Tensorflow, x: Tensor4D, rate: number, pass: Pass): Tensor4D {
  if (rate === 0) return x;
  return x.mul(drawMask(tf, [x.shape[0], 1, 1, 1], { rate, pass })) as Tensor4D;
}

/** 0 at the given rate, else 1 / (1 - rate). */
export function drawMask(tf: Tensorflow, shape: number[], { rate, pass }: { rate: number; pass: Pass }): Tensor {
  const { random } = pass;
  if (random === undefined) throw new Error('A training pass needs `random`, the source of dropout.');
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, () => (random() < rate ? 0 : 1 / (1 - rate)));
  return tf.tensor(values, shape);
}
