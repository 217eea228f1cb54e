/**
 * The kernels composed of tfjs's operations, for backends that are not TensorFlow's library.
 */
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../load.ts';
import type { Activation, Kernels } from './kernels.ts';

export function composeKernels(tensorflow: Tensorflow): Kernels {
  const swish = <T extends Tensor>(x: T): T => tensorflow.mul(x, tensorflow.sigmoid(x)) as T;
  const activate = <T extends Tensor>(x: T, activation: Activation): T => {
    if (activation === 'relu6') return tensorflow.relu6(x);
    return activation === 'swish' ? swish(x) : x;
  };
  const kernels: Kernels = {
    sigmoid: (x) => tensorflow.sigmoid(x),
    swish,
    finish: (x, { bias, activation }) => activate(tensorflow.add(x, bias), activation),
    depthwise: (x, { kernel, stride }) => tensorflow.depthwiseConv2d(x, kernel, stride, 'same'),
    pointwise: (x, kernel) => tensorflow.conv2d(x, kernel, 1, 'same'),
    finishedDepthwise: (x, folded) => kernels.finish(kernels.depthwise(x, folded), folded),
    pack: (kernel) => kernel.clone(),
    finishedPointwise: (x, folded, skip) => {
      const finished = kernels.finish(tensorflow.conv2d(x, folded.kernel, 1, 'same'), folded);
      return skip ? tensorflow.add(finished, skip) : finished;
    },
    finishedExpansion: (x, pointwise, depthwise) =>
      kernels.finishedDepthwise(kernels.finishedPointwise(x, pointwise), depthwise),
    norm: (x, { scale, offset, runningMean, runningVariance, epsilon, momentum, statistics, activation }) => {
      if (statistics === 'running') {
        const [mean, variance] = [runningMean, runningVariance] as unknown as [Tensor1D, Tensor1D];
        return activate(tensorflow.batchNorm(x, mean, variance, offset, scale, epsilon) as Tensor4D, activation);
      }
      const { mean, variance } = tensorflow.moments(x, [0, 1, 2]);
      const count = x.size / (x.shape[3] ?? 1);
      const blend = (running: Tensor, batch: Tensor) => running.mul(1 - momentum).add(batch.mul(momentum));
      runningMean.assign(blend(runningMean, mean));
      runningVariance.assign(blend(runningVariance, variance.mul(count / Math.max(1, count - 1))));
      const normalised = x.sub(mean).div(variance.add(epsilon).sqrt());
      return activate(normalised.mul(scale).add(offset) as Tensor4D, activation);
    },
  };
  return kernels;
}
