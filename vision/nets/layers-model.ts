/**
 * An EfficientNet of the table as a model of tfjs's layers, for programs that know nothing of this project.
 */
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import type { StateDict } from './network.ts';
import { type BlockPlan, type Pooling, planNetwork } from './table.ts';
import { toTensorflow } from './tensors.ts';

export interface LayersModelRequest {
  /** A network of the table. */
  readonly name: string;
  /** Pixels a side of the images. */
  readonly size: number;
  readonly classes: number;
  readonly pooling: Pooling;
  /** Under PyTorch's names and in its layout. */
  readonly state: StateDict;
}

interface Builder {
  readonly tf: Tensorflow;
  readonly state: StateDict;
  readonly activation: 'swish' | 'relu6';
  readonly epsilon: number;
}

interface Step {
  readonly kernel: string;
  /** The batch norm behind it. */
  readonly norm: string;
  readonly stride: number;
  readonly activate: boolean;
}

/** From preprocessed images [batch, size, size, 3] to logits [batch, classes]; layers are called nearly like their tensors. */
export function buildLayersModel(
  tf: Tensorflow,
  { name, size, classes, pooling, state }: LayersModelRequest,
): LayersModel {
  const plan = planNetwork(name);
  const builder: Builder = { tf, state, activation: plan.activation, epsilon: plan.epsilon };
  const input = tf.input({ shape: [size, size, 3], name: 'images' });
  let x = addStep(builder, input, { kernel: '_conv_stem', norm: '_bn0', stride: 2, activate: true });
  for (const [index, block] of plan.blocks.entries()) x = addBlock(builder, x, { prefix: `_blocks.${index}.`, block });
  x = addStep(builder, x, { kernel: '_conv_head', norm: '_bn1', stride: 1, activate: true });
  const pool = pooling === 'max' ? tf.layers.globalMaxPooling2d : tf.layers.globalAveragePooling2d;
  x = pool({ name: 'pool', dataFormat: 'channelsLast' }).apply(x) as SymbolicTensor;
  const weights = [tensorOf(builder, '_fc.weight'), tensorOf(builder, '_fc.bias')];
  const logits = tf.layers.dense({ units: classes, weights, name: 'fc' }).apply(x) as SymbolicTensor;
  return tf.model({ inputs: input, outputs: logits, name });
}

function tensorOf({ tf, state }: Builder, name: string): Tensor {
  const found = state.get(name);
  if (found === undefined) throw new Error(`The model has no tensor ${name}.`);
  const { shape, data } = toTensorflow(name, found);
  return tf.tensor(data, [...shape]);
}

/** tfjs takes no name that begins with an underscore. */
function layerName(tensor: string): string {
  return tensor.replace(/(^|\.)_/g, '$1');
}

/** A convolution, its batch norm and perhaps the activation. */
function addStep(builder: Builder, x: SymbolicTensor, { kernel, norm, stride, activate }: Step): SymbolicTensor {
  const { tf, activation, epsilon } = builder;
  const weight = tensorOf(builder, `${kernel}.weight`);
  const [height = 1, width = 1, , filters = 1] = weight.shape;
  const common = {
    kernelSize: [height, width] as [number, number],
    strides: stride,
    padding: 'same' as const,
    useBias: false,
    weights: [weight],
    name: layerName(kernel),
  };
  const convolution = kernel.endsWith('_depthwise_conv')
    ? tf.layers.depthwiseConv2d(common)
    : tf.layers.conv2d({ ...common, filters });
  const parts = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => tensorOf(builder, `${norm}.${part}`));
  const normalised = tf.layers
    .batchNormalization({ epsilon, weights: parts, name: layerName(norm) })
    .apply(convolution.apply(x)) as SymbolicTensor;
  if (!activate) return normalised;
  return tf.layers
    .activation({ activation, name: layerName(`${norm}.activation`) })
    .apply(normalised) as SymbolicTensor;
}

/** As `createBlock` of layers.ts. */
function addBlock(
  builder: Builder,
  x: SymbolicTensor,
  { prefix, block }: { prefix: string; block: BlockPlan },
): SymbolicTensor {
  const step = (kernel: string, norm: string, rest: { stride: number; activate: boolean }) => ({
    kernel: prefix + kernel,
    norm: prefix + norm,
    ...rest,
  });
  let y = x;
  if (block.expanded !== block.inputs)
    y = addStep(builder, y, step('_expand_conv', '_bn0', { stride: 1, activate: true }));
  y = addStep(builder, y, step('_depthwise_conv', '_bn1', { stride: block.stride, activate: true }));
  if (block.squeezed > 0) y = addSqueeze(builder, y, { prefix, block });
  y = addStep(builder, y, step('_project_conv', '_bn2', { stride: 1, activate: false }));
  if (block.stride > 1 || block.inputs !== block.outputs) return y;
  return builder.tf.layers.add({ name: layerName(`${prefix}add`) }).apply([x, y]) as SymbolicTensor;
}

/** Squeeze-and-excitation: its two layers are convolutions of one pixel. */
function addSqueeze(
  builder: Builder,
  x: SymbolicTensor,
  { prefix, block }: { prefix: string; block: BlockPlan },
): SymbolicTensor {
  const { layers } = builder.tf;
  const apply = (layer: { apply(x: SymbolicTensor): unknown }, y: SymbolicTensor) => layer.apply(y) as SymbolicTensor;
  const point = (name: string, filters: number, activation: 'swish' | 'sigmoid') =>
    layers.conv2d({
      filters,
      kernelSize: 1,
      activation,
      name: layerName(prefix + name),
      weights: [tensorOf(builder, `${prefix}${name}.weight`), tensorOf(builder, `${prefix}${name}.bias`)],
    });
  let gate = apply(layers.globalAveragePooling2d({ name: layerName(`${prefix}pool`), dataFormat: 'channelsLast' }), x);
  gate = apply(layers.reshape({ targetShape: [1, 1, block.expanded], name: layerName(`${prefix}pixel`) }), gate);
  gate = apply(point('_se_reduce', block.squeezed, 'swish'), gate);
  gate = apply(point('_se_expand', block.expanded, 'sigmoid'), gate);
  return layers.multiply({ name: layerName(`${prefix}scale`) }).apply([x, gate]) as SymbolicTensor;
}
