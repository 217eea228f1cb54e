/**
 * The contract between a network and what trains it or infers with it.
 *
 * Images are NHWC, float32 and already preprocessed (see `preprocess` of the network's table row).
 * Names of tensors are those of EfficientNet-PyTorch (`_blocks.3._bn1.weight`); a state dict has PyTorch's layout
 * (convolutions [out, in, height, width], linear layers [out, in]), variables have TensorFlow's.
 */
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import type { Pooling } from './table.ts';

/** One tensor of a state dict: row-major in PyTorch's layout. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type StateDict = Map<string, StateTensor>;

/** What one forward pass needs to know. */
export interface Pass {
  /** Batch statistics, dropout and drop-connect, and updated running statistics; otherwise inference. */
  readonly training: boolean;
  /** `running`: batch norm of a training pass uses the running statistics and leaves them alone. Default `batch`. */
  readonly statistics?: 'batch' | 'running';
  /** Uniform in [0, 1), seeded; the source of dropout and drop-connect. Required where `training` is true. */
  readonly random?: () => number;
}

export interface NetworkOptions {
  /** `efficientnet-b0` to `-b7`, `efficientnet-lite0` to `-lite4`. */
  readonly name: string;
  readonly classes: number;
  /**
   * Parts that neither learn nor update statistics. 0: none; N: the stem and the first N blocks;
   * `blocks + 1`: the last convolution too, so that the classifier alone learns. Default 0.
   */
  readonly freeze?: number;
  /** Default `mean`, which published classifiers were trained with. */
  readonly pooling?: Pooling;
}

/** Options of `load`. */
export interface LoadOptions {
  /** Where the weights were made for another number of classes, start with a new classifier, drawn from `random`. */
  readonly newHead?: { readonly random: () => number };
}

export interface Network {
  readonly name: string;
  readonly classes: number;
  readonly freeze: number;
  /** How many blocks there are. */
  readonly blocks: number;
  /** Width of the pooled features. */
  readonly channels: number;
  /** What learns, in the order of the network, under PyTorch's names; frozen parts and running statistics are left out. */
  readonly trainable: ReadonlyMap<string, Variable>;
  /** [batch, height, width, 3] to logits [batch, classes]. Gradients flow to `trainable`. */
  forward(images: Tensor4D, pass: Pass): Tensor2D;
  /** The frozen parts alone, with inference's batch norm: [batch, h, w, c], or pooled [batch, channels] where all is frozen. With `freeze: 0` the images themselves. */
  forwardFrozen(images: Tensor4D): Tensor;
  /** What comes behind `forwardFrozen`, from its result to logits. */
  forwardRest(activations: Tensor, pass: Pass): Tensor2D;
  /** Logits in inference, with batch norm folded into the convolutions; no gradients. The fold is made anew after training or `load`. */
  infer(images: Tensor4D): Tensor2D;
  /** Pooled features [batch, channels] in inference; no gradients. */
  features(images: Tensor4D): Tensor2D;
  /** The same from the result of `forwardFrozen`. */
  featuresRest(activations: Tensor): Tensor2D;
  /** A copy of all parameters and running statistics. */
  state(): StateDict;
  /** Throws one error that lists every missing, extra and misshapen tensor; `num_batches_tracked` is ignored. */
  load(state: StateDict, options?: LoadOptions): void;
  dispose(): void;
}
