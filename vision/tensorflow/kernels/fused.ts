/**
 * The kernels of our own, for a CPU: see `source.ts` for the C++.
 */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tensorflow } from '../load.ts';
import { type Attribute, backendOf, withGradient } from './backend.ts';
import type { Activation, BatchNorm, Convolution, Finish, Kernels } from './kernels.ts';
import { nativeKernels } from './native.ts';

const activations: Readonly<Record<Activation, number>> = { none: 0, relu6: 1, swish: 2 };

/** Outputs that a packed kernel of a 1 x 1 convolution holds side by side. */
const panel = 16;

/** Of one axis: places before the picture, and outputs, by TensorFlow's SAME. */
function sameWindow(length: number, { size, stride }: { readonly size: number; readonly stride: number }) {
  const outputs = Math.ceil(length / stride);
  const padding = Math.max(0, (outputs - 1) * stride + size - length);
  return { before: Math.floor(padding / 2), outputs };
}

export function fusedKernels(tensorflow: Tensorflow): Kernels {
  const backend = backendOf(tensorflow);
  const { TF_ATTR_FLOAT, TF_ATTR_INT } = backend.binding;
  const floats = (values: Readonly<Record<string, number>>): Attribute[] =>
    Object.entries(values).map(([name, value]) => ({ name, type: TF_ATTR_FLOAT, value }));
  const integers = (values: Readonly<Record<string, number>>): Attribute[] =>
    Object.entries(values).map(([name, value]) => ({ name, type: TF_ATTR_INT, value }));
  const native = nativeKernels(tensorflow);

  function norm(x: Tensor4D, given: BatchNorm): Tensor4D {
    const { epsilon, momentum, statistics, activation, runningMean, runningVariance } = given;
    const kind = integers({ activation: activations[activation], training: statistics === 'batch' ? 1 : 0 });
    const normalise = withGradient(tensorflow, {
      forward: ([input, scale, offset]) => {
        const inputs = [input, scale, offset, runningMean, runningVariance] as Tensor[];
        const attributes = [...floats({ epsilon, momentum }), ...kind];
        const [y, mean, inverse, nextMean, nextVariance] = backend.executeMultipleOutputs(
          'FlowNorm',
          attributes,
          inputs,
          5,
        ) as [Tensor, Tensor, Tensor, Tensor, Tensor];
        if (statistics === 'batch') {
          runningMean.assign(nextMean);
          runningVariance.assign(nextVariance);
        }
        return { value: y, saved: [input, scale, offset, mean, inverse] as Tensor[] };
      },
      backward: (dy, saved) => backend.executeMultipleOutputs('FlowNormGradient', kind, [dy, ...saved], 3),
    });
    return normalise(x, given.scale, given.offset) as Tensor4D;
  }

  function windowOf(shape: readonly number[], { kernel, stride }: Convolution) {
    const size = kernel.shape[0];
    const down = sameWindow(shape[1] as number, { size, stride });
    const right = sameWindow(shape[2] as number, { size, stride });
    return {
      place: { stride, top: down.before, left: right.before },
      outputs: { height: down.outputs, width: right.outputs },
    };
  }

  function convolveChannels(x: Tensor4D, convolution: Convolution, finish?: Finish): Tensor4D {
    const { place, outputs } = windowOf(x.shape, convolution);
    const { kernel } = convolution;
    const attributes = integers({ ...place, ...outputs, activation: activations[finish?.activation ?? 'none'] });
    // What is no value a channel is taken for no bias; an empty tensor would have to be made at every call.
    return backend.executeSingleOutput('FlowDepthwise', attributes, [x, kernel, finish?.bias ?? kernel]) as Tensor4D;
  }

  function depthwise(x: Tensor4D, convolution: Convolution): Tensor4D {
    const { place } = windowOf(x.shape, convolution);
    const size = convolution.kernel.shape[0];
    const [, height, width] = x.shape;
    const convolve = withGradient(tensorflow, {
      forward: ([input, kernel]) => ({
        value: convolveChannels(input as Tensor4D, { ...convolution, kernel: kernel as Tensor4D }),
        saved: [input, kernel] as Tensor[],
      }),
      backward: (dy, saved) => {
        const [input, kernel] = saved as [Tensor, Tensor];
        return [
          backend.executeSingleOutput('FlowDepthwiseInputGradient', integers({ ...place, height, width }), [
            dy,
            kernel,
          ]),
          backend.executeSingleOutput('FlowDepthwiseFilterGradient', integers({ ...place, size }), [input, dy]),
        ];
      },
    });
    return convolve(x, convolution.kernel) as Tensor4D;
  }

  function pointwise(x: Tensor4D, kernel: Tensor4D): Tensor4D {
    const multiply = (from: Tensor, by: Tensor, turned: 0 | 1) =>
      backend.executeSingleOutput('FlowProduct', integers({ turned }), [from, by]);
    const convolve = withGradient(tensorflow, {
      forward: ([input, filter]) => ({
        value: multiply(input as Tensor, filter as Tensor, 0),
        saved: [input, filter] as Tensor[],
      }),
      backward: (dy, saved) => {
        const [input, filter] = saved as [Tensor, Tensor];
        return [multiply(dy, filter, 1), filterGradient(input, dy, kernel.shape)];
      },
    });
    return convolve(x, kernel) as Tensor4D;
  }

  /** TensorFlow's own, through the kernel that the gradient of tfjs's conv2d calls. */
  function filterGradient(x: Tensor, dy: Tensor, filterShape: number[]): Tensor {
    const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape };
    return tensorflow.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attributes) as Tensor;
  }

  /** [1, panels, inputs, 16] */
  const pack = (kernel: Tensor4D): Tensor4D =>
    tensorflow.tidy(() => {
      const [, , inputs, outputs] = kernel.shape;
      const panels = Math.ceil(outputs / panel);
      const filled = tensorflow.pad(kernel.reshape([inputs, outputs]), [
        [0, 0],
        [0, panels * panel - outputs],
      ]);
      return filled
        .reshape([inputs, panels, panel])
        .transpose([1, 0, 2])
        .reshape([1, panels, inputs, panel]) as Tensor4D;
    });

  return {
    sigmoid: native.sigmoid,
    swish: native.swish,
    norm,
    depthwise,
    pointwise,
    finishedDepthwise: (x, folded) => convolveChannels(x, folded, folded),
    pack,
    finishedPointwise: (x, { kernel, bias, activation }, skip) =>
      // What has not four axes is taken for nothing to add, as above.
      backend.executeSingleOutput('FlowPointwise', integers({ activation: activations[activation] }), [
        ...[x, kernel, bias, skip ?? bias],
      ]) as Tensor4D,
    finishedExpansion: (x, pointwise, folded) => {
      const { place, outputs } = windowOf(x.shape, folded);
      const attributes = integers({ ...place, ...outputs, activation: activations[folded.activation] });
      const inputs = [x, pointwise.kernel, pointwise.bias, folded.kernel, folded.bias];
      return backend.executeSingleOutput('FlowExpansion', attributes, inputs) as Tensor4D;
    },
    finish: (x, { bias, activation }) =>
      backend.executeSingleOutput('FlowBias', integers({ activation: activations[activation] }), [x, bias]) as Tensor4D,
    stepRanger: ({ settings, paces, units, values, gradients, averages, squares, slows }) => {
      const lists = [settings, paces, units].map((list) => tensorflow.tensor1d([...list]));
      const inputs = [...lists, ...values, ...gradients, ...averages, ...squares, ...slows];
      const next = backend.executeMultipleOutputs(
        'FlowRanger',
        integers({ count: values.length }),
        inputs,
        values.length,
      );
      tensorflow.dispose(lists);
      return next;
    },
  };
}
