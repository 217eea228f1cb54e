/**
 * Kernels that tfjs lacks or composes out of many: fused batch norm in training, and activations with their own gradients.
 *
 * On the native backend TensorFlow's kernels are called by name through the two execute functions of tfjs's node
 * backend. On wasm the same functions are composed of what tfjs offers, and mean the same.
 */
import type { Tensor, Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs';

export interface BatchNorm {
  readonly scale: Tensor1D;
  readonly offset: Tensor1D;
  /** Updated in place by `trainBatchNorm`. */
  readonly runningMean: Variable;
  readonly runningVariance: Variable;
  readonly epsilon: number;
  /** How much of the batch's statistics enters the running ones, PyTorch's `momentum`: 0.01 here. */
  readonly momentum: number;
}

export interface Kernels {
  readonly relu6: <T extends Tensor>(x: T) => T;
  readonly sigmoid: <T extends Tensor>(x: T) => T;
  /** x * sigmoid(x). */
  readonly swish: <T extends Tensor>(x: T) => T;
  /** Adds [channels] to the last axis; no gradient. */
  readonly addBias: (x: Tensor4D, bias: Tensor1D) => Tensor4D;
  /** Normalises by the batch's own statistics over NHWC; the running variance takes the unbiased one, as PyTorch's does. */
  readonly trainBatchNorm: (x: Tensor4D, norm: BatchNorm) => Tensor4D;
}
