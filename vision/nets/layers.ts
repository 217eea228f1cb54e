/**
 * The layers that EfficientNets consist of, over variables under PyTorch's names.
 *
 * Each layer can be applied in two ways: `apply` keeps batch norm apart and lets gradients flow, `infer` folds batch
 * norm into the convolution before it, once for as long as the weights stay.
 */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import type { Folded, Kernels } from '../tensorflow/kernels/kernels.ts';
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

/** A layer of one convolution, whose folded form other layers can take in. */
interface Unit extends Layer {
  /** Valid until the weights change. */
  readonly fold: () => Folded;
}

/** A convolution, its batch norm and perhaps the activation. SAME padding is TensorFlow's own, from the actual size. */
export function createUnit(layers: Layers, { convolution, norm, stride, activate }: UnitPlan): Unit {
  const { tensorflow: tf, kernels, plan, variable } = layers;
  const depthwise = convolution.includes('_depthwise_conv');
  const kernel = variable(`${convolution}.weight`);
  const pointwise = !depthwise && kernel.shape[0] === 1;
  const [scale, offset, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    variable(`${norm}.${part}`),
  ) as [Variable, Variable, Variable, Variable];
  const { epsilon, momentum } = plan;
  const activation = activate ? plan.activation : 'none';
  let folded: (Folded & { readonly of: readonly object[] }) | undefined;

  /** Anew where a variable got other contents, which its data's identity tells. */
  function fold(): Folded {
    const of = [kernel, scale, offset, mean, variance].map((each) => each.dataId);
    if (folded?.of.every((identity, index) => identity === of[index])) return folded;
    dispose();
    const [filter, bias] = tf.tidy(() => {
      const factor = scale.mul(variance.add(epsilon).rsqrt());
      const shaped = depthwise ? factor.reshape([1, 1, -1, 1]) : factor.reshape([1, 1, 1, -1]);
      const whole = kernel.mul(shaped) as Tensor4D;
      return [tf.keep(pointwise ? kernels.pack(whole) : whole), tf.keep(offset.sub(mean.mul(factor))) as Tensor1D];
    });
    folded = { of, kernel: filter as Tensor4D, bias: bias as Tensor1D, stride, activation };
    return folded;
  }

  function convolve(x: Tensor4D, filter: Tensor4D): Tensor4D {
    if (depthwise) return kernels.depthwise(x, { kernel: filter, stride });
    return pointwise ? kernels.pointwise(x, filter) : tf.conv2d(x, filter, stride, 'same');
  }

  function dispose() {
    folded?.kernel.dispose();
    folded?.bias.dispose();
    folded = undefined;
  }

  return {
    apply(x, { training, statistics = 'batch' }) {
      const filter = kernel as unknown as Tensor4D;
      const y = convolve(x, filter);
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
      const folded = fold();
      if (depthwise) return kernels.finishedDepthwise(x, folded);
      if (pointwise) return kernels.finishedPointwise(x, folded);
      return kernels.finish(tf.conv2d(x, folded.kernel, stride, 'same'), folded);
    },
    fold,
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
  const { tensorflow: tf, kernels } = layers;
  const unit = (convolution: string, norm: string, rest: { stride: number; activate: boolean }) =>
    createUnit(layers, { convolution: prefix + convolution, norm: prefix + norm, ...rest });
  const expand =
    block.expanded === block.inputs ? undefined : unit('_expand_conv', '_bn0', { stride: 1, activate: true });
  const filter = unit('_depthwise_conv', '_bn1', { stride: block.stride, activate: true });
  const squeeze = block.squeezed > 0 ? createSqueeze(layers, prefix) : (x: Tensor4D) => x;
  const project = unit('_project_conv', '_bn2', { stride: 1, activate: false });
  const skips = block.stride === 1 && block.inputs === block.outputs;
  return {
    apply(x, pass) {
      const y = filter.apply(expand ? expand.apply(x, pass) : x, pass);
      const projected = project.apply(squeeze(y), pass);
      if (!skips) return projected;
      return x.add(pass.training ? dropConnect(tf, projected, block.drop, pass) : projected) as Tensor4D;
    },
    infer(x) {
      const y = expand ? kernels.finishedExpansion(x, expand.fold(), filter.fold()) : filter.infer(x);
      return kernels.finishedPointwise(squeeze(y), project.fold(), skips ? x : undefined);
    },
    dispose: () => {
      for (const layer of [expand, filter, project]) layer?.dispose();
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
