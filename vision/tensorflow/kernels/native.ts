/**
 * The kernels on TensorFlow's own library, for a GPU.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../load.ts';
import { type Attribute, backendOf, withGradient } from './backend.ts';
import { composeKernels } from './composed.ts';
import type { Activation, BatchNorm, Kernels } from './kernels.ts';

export function nativeKernels(tensorflow: Tensorflow): Kernels {
  const backend = backendOf(tensorflow);
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_STRING, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  const float: Attribute = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const statistics: Attribute = { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT };
  const layout: Attribute = { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' };
  const training: Attribute = { name: 'is_training', type: TF_ATTR_BOOL, value: true };
  const single = (name: string, ...inputs: Tensor[]) => backend.executeSingleOutput(name, [float], inputs);
  const number = (name: string, value: number): Attribute => ({ name, type: TF_ATTR_FLOAT, value });
  const composed = composeKernels(tensorflow);

  const kept = (value: Tensor) => ({ value, saved: [value] });
  const relu6 = withGradient(tensorflow, {
    forward: ([x]) => kept(single('Relu6', x as Tensor)),
    backward: (dy, [y]) => single('Relu6Grad', dy, y as Tensor),
  });
  const sigmoid = withGradient(tensorflow, {
    forward: ([x]) => kept(single('Sigmoid', x as Tensor)),
    backward: (dy, [y]) => single('SigmoidGrad', y as Tensor, dy),
  });
  // d(x s)/dx = s + x s (1 - s); SigmoidGrad(s, d) is d s (1 - s).
  const swish = withGradient(tensorflow, {
    forward: ([given]) => {
      const x = given as Tensor;
      const gate = single('Sigmoid', x);
      return { value: single('Mul', x, gate), saved: [x, gate] };
    },
    backward: (dy, saved) => {
      const [x, gate] = saved as [Tensor, Tensor];
      return single('AddV2', single('Mul', dy, gate), single('SigmoidGrad', gate, single('Mul', dy, x)));
    },
  });
  const activate = (x: Tensor4D, activation: Activation): Tensor4D => {
    if (activation === 'relu6') return relu6(x) as Tensor4D;
    return activation === 'swish' ? (swish(x) as Tensor4D) : x;
  };

  function normByBatch(x: Tensor4D, norm: BatchNorm): Tensor4D {
    const shared = [float, statistics, number('epsilon', norm.epsilon), layout, training];
    const forward = [...shared, number('exponential_avg_factor', norm.momentum)];
    const normalise = withGradient(tensorflow, {
      forward: ([input, scale, offset]) => {
        const inputs = [input, scale, offset, norm.runningMean, norm.runningVariance] as Tensor[];
        const outputs = backend.executeMultipleOutputs('FusedBatchNormV3', forward, inputs, 6);
        const [y, mean, variance, ...reserved] = outputs as [Tensor, Tensor, Tensor, ...Tensor[]];
        // The kernel blends the batch's statistics into the running ones by itself.
        norm.runningMean.assign(mean);
        norm.runningVariance.assign(variance);
        return { value: y, saved: [input as Tensor, scale as Tensor, ...reserved] };
      },
      backward: (dy, saved) =>
        backend.executeMultipleOutputs('FusedBatchNormGradV3', shared, [dy, ...saved], 5).slice(0, 3),
    });
    return normalise(x, norm.scale, norm.offset) as Tensor4D;
  }

  return {
    ...composed,
    sigmoid: (x) => sigmoid(x) as typeof x,
    swish: (x) => swish(x) as typeof x,
    finish: (x, { bias, activation }) =>
      activate(backend.executeSingleOutput('BiasAdd', [float, layout], [x, bias]) as Tensor4D, activation),
    norm: (x, norm) => {
      const normalised =
        norm.statistics === 'batch' ? normByBatch(x, norm) : composed.norm(x, { ...norm, activation: 'none' });
      return activate(normalised, norm.activation);
    },
  };
}
