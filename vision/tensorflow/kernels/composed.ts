/**
 * The kernels composed of tfjs's operations, for backends that are not TensorFlow's library.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../load.ts';
import type { Kernels } from './kernels.ts';

export function composeKernels(tensorflow: Tensorflow): Kernels {
  return {
    relu6: (x) => tensorflow.relu6(x),
    sigmoid: (x) => tensorflow.sigmoid(x),
    swish: (x) => tensorflow.mul(x, tensorflow.sigmoid(x)) as typeof x,
    addBias: (x, bias) => tensorflow.add(x, bias),
    trainBatchNorm: (x, { scale, offset, runningMean, runningVariance, epsilon, momentum }) => {
      const { mean, variance } = tensorflow.moments(x, [0, 1, 2]);
      const count = x.size / (x.shape[3] ?? 1);
      const blend = (running: Tensor, batch: Tensor) => running.mul(1 - momentum).add(batch.mul(momentum));
      runningMean.assign(blend(runningMean, mean));
      runningVariance.assign(blend(runningVariance, variance.mul(count / Math.max(1, count - 1))));
      const normalised = x.sub(mean).div(variance.add(epsilon).sqrt());
      return normalised.mul(scale).add(offset) as Tensor4D;
    },
  };
}
