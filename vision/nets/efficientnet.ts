/**
 * Builds an EfficientNet of the table over tfjs.
 */
import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { createKernels } from '../tensorflow/kernels/create.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { createBlock, createUnit, drawMask, type Layer, type Layers } from './layers.ts';
import type { LoadOptions, Network, NetworkOptions, Pass, StateDict } from './network.ts';
import { planNetwork } from './table.ts';
import { compareTensors, drawTensor, isStatistic, tensorShapes, toPytorch, toTensorflow } from './tensors.ts';

/** Makes the network with zero weights; `load` gives it others, `drawState` fresh ones. Throws for a name or a count that cannot be. */
export function createNetwork(tensorflow: Tensorflow, options: NetworkOptions): Network {
  const { name, classes, freeze = 0, pooling = 'mean' } = options;
  const plan = planNetwork(name);
  const parts = plan.blocks.length + 2;
  if (!Number.isInteger(classes) || classes < 1) throw new Error(`A network of ${classes} classes cannot be made.`);
  if (!Number.isInteger(freeze) || freeze < 0 || freeze > parts - 1)
    throw new Error(`freeze is ${freeze}; ${name} has ${parts - 2} blocks, so it may be 0 to ${parts - 1}.`);
  const shapes = tensorShapes(plan, classes);
  const variables = createVariables(tensorflow, shapes);
  const variable = (key: string): Variable => {
    const found = variables.get(key);
    if (found === undefined) throw new Error(`${name} has no tensor ${key}.`);
    return found;
  };
  const layers: Layers = { tensorflow, kernels: createKernels(tensorflow), plan, variable };
  const sequence: readonly Layer[] = [
    createUnit(layers, { convolution: '_conv_stem', norm: '_bn0', stride: 2, activate: true }),
    ...plan.blocks.map((block, index) => createBlock(layers, `_blocks.${index}.`, block)),
    createUnit(layers, { convolution: '_conv_head', norm: '_bn1', stride: 1, activate: true }),
  ];
  /** How many layers of the sequence are frozen: the stem counts from the first frozen block on. */
  const frozen = freeze === 0 ? 0 : freeze + 1;

  const pool = (x: Tensor4D) => tensorflow[pooling](x, [1, 2]) as Tensor2D;
  const classify = (x: Tensor2D) =>
    tensorflow.matMul(x, variable('_fc.weight') as unknown as Tensor2D).add(variable('_fc.bias')) as Tensor2D;

  /** Layer by layer, so that no more than two activations of an inference are held at once. */
  function inferLayers(layers: readonly Layer[], start: Tensor4D): Tensor4D {
    let x = start;
    for (const layer of layers) {
      const next = tensorflow.tidy(() => layer.infer(x));
      if (x !== start) x.dispose();
      x = next;
    }
    return x;
  }

  function features(images: Tensor4D): Tensor2D {
    return tensorflow.tidy(() => pool(inferLayers(sequence, images)));
  }

  function forwardFrozen(images: Tensor4D): Tensor {
    if (frozen === 0) return images;
    if (frozen === sequence.length) return withoutTape(tensorflow, images, features);
    return withoutTape(tensorflow, images, (x) => inferLayers(sequence.slice(0, frozen), x));
  }

  function featuresRest(activations: Tensor): Tensor2D {
    if (frozen === sequence.length) return activations as Tensor2D;
    return tensorflow.tidy(() => pool(inferLayers(sequence.slice(frozen), activations as Tensor4D)));
  }

  function forwardRest(activations: Tensor, pass: Pass): Tensor2D {
    let pooled = activations as Tensor2D;
    if (frozen < sequence.length) {
      // What is wide lies within a layer, and goes with it where no gradient asks for it: B7 at 600 pixels holds 7 GB else.
      const applied = (x: Tensor4D, layer: Layer) => tensorflow.tidy(() => layer.apply(x, pass));
      pooled = pool(sequence.slice(frozen).reduce(applied, activations as Tensor4D));
    }
    if (pass.training && plan.dropout > 0)
      pooled = pooled.mul(drawMask(tensorflow, pooled.shape, { rate: plan.dropout, pass }));
    return classify(pooled);
  }

  return {
    name,
    classes,
    freeze,
    blocks: plan.blocks.length,
    channels: plan.head,
    trainable: new Map([...variables].filter(([key]) => !isStatistic(key) && layerOf(key, sequence.length) >= frozen)),
    forward: (images, pass) => forwardRest(forwardFrozen(images), pass),
    forwardFrozen,
    forwardRest,
    infer: (images) => tensorflow.tidy(() => classify(features(images))),
    features,
    featuresRest,
    state: () => readState(variables),
    load: (state, loading = {}) => {
      const completed = replaceHead(shapes, state, loading);
      const differences = compareTensors(shapes, completed);
      if (differences.length > 0)
        throw new Error(`The weights are not those of ${name} with ${classes} classes:\n  ${differences.join('\n  ')}`);
      writeState(tensorflow, variables, completed);
    },
    dispose: () => {
      for (const layer of sequence) layer.dispose();
      for (const each of variables.values()) each.dispose();
    },
  };
}

/** Inside a custom gradient nothing is recorded, so that a training step does not hold the frozen layers' activations. */
function withoutTape<T extends Tensor>(tensorflow: Tensorflow, images: Tensor4D, run: (x: Tensor4D) => T): T {
  return tensorflow.customGrad((x) => ({
    value: run(x as Tensor4D),
    gradFunc: () => {
      throw new Error('Nothing learns in front of frozen layers.');
    },
  }))(images) as T;
}

function createVariables(
  tensorflow: Tensorflow,
  shapes: ReadonlyMap<string, readonly number[]>,
): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const [name, shape] of shapes) {
    const count = shape.reduce((product, size) => product * size, 1);
    const { shape: layout } = toTensorflow(name, { shape, data: new Float32Array(count) });
    const value = tensorflow.zeros([...layout]);
    variables.set(name, tensorflow.variable(value, !isStatistic(name)));
    value.dispose();
  }
  return variables;
}

/** 0 the stem, 1 to N the blocks, N + 1 the head; the classifier comes behind all. */
function layerOf(name: string, layers: number): number {
  if (name.startsWith('_conv_stem') || name.startsWith('_bn0')) return 0;
  if (name.startsWith('_conv_head') || name.startsWith('_bn1')) return layers - 1;
  const block = /^_blocks\.(\d+)\./.exec(name)?.[1];
  return block === undefined ? layers : Number(block) + 1;
}

/** With `newHead`, a classifier for another number of classes gives way to a fresh one. */
function replaceHead(
  shapes: ReadonlyMap<string, readonly number[]>,
  state: StateDict,
  { newHead }: LoadOptions,
): StateDict {
  const names = ['_fc.weight', '_fc.bias'];
  const fits = (name: string) => String(state.get(name)?.shape) === String(shapes.get(name));
  if (newHead === undefined || names.every(fits)) return state;
  const completed: StateDict = new Map(state);
  for (const name of names) {
    const shape = shapes.get(name) ?? [];
    completed.set(name, { shape, data: drawTensor(name, shape, newHead.random) });
  }
  return completed;
}

function readState(variables: ReadonlyMap<string, Variable>): StateDict {
  const state: StateDict = new Map();
  for (const [name, each] of variables)
    state.set(name, toPytorch(name, { shape: each.shape, data: each.dataSync<'float32'>() }));
  return state;
}

function writeState(tensorflow: Tensorflow, variables: ReadonlyMap<string, Variable>, state: StateDict): void {
  tensorflow.tidy(() => {
    for (const [name, each] of variables) {
      const tensor = state.get(name);
      if (tensor === undefined) continue;
      const { shape, data } = toTensorflow(name, tensor);
      each.assign(tensorflow.tensor(data, [...shape]));
    }
  });
}
