/**
 * Kernels that tfjs lacks or composes out of many: batch norm and the activation behind it as one, depthwise
 * convolutions, activations with their own gradients, and the optimiser's step.
 *
 * On a CPU they are our own, in C++ (`source.ts`); on a GPU TensorFlow's, called by name; on wasm composed of what tfjs
 * offers. All three mean the same.
 */
import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs';

export type Activation = 'none' | 'relu6' | 'swish';

export interface BatchNorm {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
  /** Updated in place where the batch's statistics are used. */
  readonly runningMean: Variable;
  readonly runningVariance: Variable;
  readonly epsilon: number;
  /** How much of the batch's statistics enters the running ones, PyTorch's `momentum`: 0.01 here. */
  readonly momentum: number;
  /** `batch`: by the batch's own statistics over NHWC; the running variance takes the unbiased one, as PyTorch's does. */
  readonly statistics: 'batch' | 'running';
  /** Comes behind the norm. */
  readonly activation: Activation;
}

export interface Convolution {
  /** [size, size, channels, 1] */
  readonly kernel: Tensor4D;
  readonly stride: number;
}

/** What folded batch norm leaves: a bias a channel, and the activation. */
export interface Finish {
  readonly bias: Tensor1D;
  readonly activation: Activation;
}

/** A convolution of an inference: batch norm is folded into its kernel and bias. */
export interface Folded extends Convolution, Finish {}

/** Tensors of 4 axes are NHWC, and their channels a multiple of 8, as those of all EfficientNets are. */
export interface Kernels {
  readonly sigmoid: <T extends Tensor>(x: T) => T;
  /** x * sigmoid(x). */
  readonly swish: <T extends Tensor>(x: T) => T;
  readonly norm: (x: Tensor4D, norm: BatchNorm) => Tensor4D;
  /** Each channel by itself, with TensorFlow's SAME padding. */
  readonly depthwise: (x: Tensor4D, convolution: Convolution) => Tensor4D;
  /** A convolution of 1 x 1 by a kernel [1, 1, inputs, outputs]. */
  readonly pointwise: (x: Tensor4D, kernel: Tensor4D) => Tensor4D;
  /** A depthwise one in inference, finished; no gradient. */
  readonly finishedDepthwise: (x: Tensor4D, folded: Folded) => Tensor4D;
  /** A kernel [1, 1, inputs, outputs] in the form that the next two want it in. */
  readonly pack: (kernel: Tensor4D) => Tensor4D;
  /** A convolution of 1 x 1 with a packed kernel, finished; `skip` is then added to its result. No gradient. */
  readonly finishedPointwise: (x: Tensor4D, folded: Folded, skip?: Tensor4D) => Tensor4D;
  /** The same, and behind it a depthwise convolution with the same activation; no gradient. */
  readonly finishedExpansion: (x: Tensor4D, pointwise: Folded, depthwise: Folded) => Tensor4D;
  /** Finishes the result of a convolution, whose values may be overwritten; no gradient. */
  readonly finish: (x: Tensor4D, finish: Finish) => Tensor4D;
  /** Absent where the optimiser steps on plain arrays. */
  readonly stepRanger?: (step: RangerTensors) => Tensor[];
}

/** One step over all parameters: lists are in the same order, and tensors of one parameter have one shape. */
export interface RangerTensors {
  /** The two betas, epsilon, the clamp, 1 where the step is divided by the squares' root, 1 where Lookahead looks, alpha. */
  readonly settings: readonly number[];
  readonly paces: readonly number[];
  readonly units: readonly number[];
  readonly values: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  /** These three are changed where they lie. */
  readonly averages: readonly Tensor[];
  readonly squares: readonly Tensor[];
  readonly slows: readonly Tensor[];
}
