/**
 * The kernels on TensorFlow's own library.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../load.ts';
import type { Kernels } from './kernels.ts';

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean;
}

/** What tfjs's node backend has beyond the interface that it declares. */
interface NodeBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number>
  >;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

type Save = (tensors: Tensor[]) => void;

export function nativeKernels(tensorflow: Tensorflow): Kernels {
  const backend = tensorflow.backend() as unknown as NodeBackend;
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  const float: Attribute = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const statistics: Attribute = { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const layout: Attribute = { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' };
  const training: Attribute = { name: 'is_training', type: TF_ATTR_BOOL, value: true };
  const single = (name: string, ...inputs: Tensor[]) => backend.executeSingleOutput(name, [float], inputs);
  const number = (name: string, value: number): Attribute => ({ name, type: TF_ATTR_FLOAT, value });

  function withGradient<T extends Tensor>(
    forward: (x: Tensor) => { value: Tensor; saved: Tensor[] },
    backward: (dy: Tensor, saved: Tensor[]) => Tensor,
  ): (x: T) => T {
    return tensorflow.customGrad((...parameters: (Tensor | Save)[]) => {
      const [x, save] = parameters as [Tensor, Save];
      const { value, saved } = forward(x);
      save(saved);
      return { value, gradFunc: (dy: Tensor, kept: Tensor[]) => backward(dy, kept) };
    }) as unknown as (x: T) => T;
  }

  function keep(value: Tensor): { value: Tensor; saved: Tensor[] } {
    return { value, saved: [value] };
  }

  function activate(x: Tensor): { value: Tensor; saved: Tensor[] } {
    const gate = single('Sigmoid', x);
    return { value: single('Mul', x, gate), saved: [x, gate] };
  }

  return {
    relu6: withGradient(
      (x) => keep(single('Relu6', x)),
      (dy, [y]) => single('Relu6Grad', dy, y as Tensor),
    ),
    sigmoid: withGradient(
      (x) => keep(single('Sigmoid', x)),
      (dy, [y]) => single('SigmoidGrad', y as Tensor, dy),
    ),
    // d(x s)/dx = s + x s (1 - s); SigmoidGrad(s, d) is d s (1 - s).
    swish: withGradient(activate, (dy, [x, gate]) =>
      single(
        'AddV2',
        single('Mul', dy, gate as Tensor),
        single('SigmoidGrad', gate as Tensor, single('Mul', dy, x as Tensor)),
      ),
    ),
    addBias: (x, bias) => backend.executeSingleOutput('BiasAdd', [float, layout], [x, bias]) as Tensor4D,
    trainBatchNorm: (x, norm) => {
      const shared = [float, statistics, number('epsilon', norm.epsilon), layout, training];
      const forward = [...shared, number('exponential_avg_factor', norm.momentum)];
      const normalise = tensorflow.customGrad((...parameters: (Tensor | Save)[]) => {
        const [input, scale, offset, save] = parameters as [Tensor, Tensor, Tensor, Save];
        const inputs = [input, scale, offset, norm.runningMean, norm.runningVariance];
        const outputs = backend.executeMultipleOutputs('FusedBatchNormV3', forward, inputs, 6);
        const [y, mean, variance, ...reserved] = outputs as [Tensor, Tensor, Tensor, ...Tensor[]];
        // The kernel blends the batch's statistics into the running ones by itself.
        norm.runningMean.assign(mean);
        norm.runningVariance.assign(variance);
        save([input, scale, ...reserved]);
        return {
          value: y,
          gradFunc: (dy: Tensor, saved: Tensor[]) =>
            backend.executeMultipleOutputs('FusedBatchNormGradV3', shared, [dy, ...saved], 5).slice(0, 3),
        };
      });
      return normalise(x, norm.scale, norm.offset) as Tensor4D;
    },
  };
}
