/**
 * The part of tfjs's node backend through which kernels are called by name.
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tensorflow } from '../load.ts';

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean;
}

type AttributeKind = 'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_INT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT';

/** What tfjs's node backend has beyond the interface that it declares. */
export interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<AttributeKind, number>>;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

export function backendOf(tensorflow: Tensorflow): NodeBackend {
  return tensorflow.backend() as unknown as NodeBackend;
}

type Save = (tensors: Tensor[]) => void;

export interface Differentiable {
  readonly forward: (inputs: readonly Tensor[]) => { readonly value: Tensor; readonly saved: Tensor[] };
  /** A gradient for each input. */
  readonly backward: (dy: Tensor, saved: readonly Tensor[]) => Tensor | Tensor[];
}

/** An operation with a gradient of its own: `saved` is what `backward` gets back. */
export function withGradient(
  tensorflow: Tensorflow,
  { forward, backward }: Differentiable,
): (...inputs: Tensor[]) => Tensor {
  return tensorflow.customGrad((...parameters: (Tensor | Save)[]) => {
    const save = parameters.at(-1) as Save;
    const { value, saved } = forward(parameters.slice(0, -1) as Tensor[]);
    save(saved);
    return { value, gradFunc: backward as (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[] };
  });
}
