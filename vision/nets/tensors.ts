/**
 * The tensors of a network: names and shapes as EfficientNet-PyTorch has them, and the way to TensorFlow's layout.
 */
import type { StateDict, StateTensor } from './network.ts';
import type { BlockPlan, NetworkPlan } from './table.ts';

/** Names in PyTorch's order to shapes in PyTorch's layout, `num_batches_tracked` left out. */
export function tensorShapes(plan: NetworkPlan, classes: number): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  addConvolution(shapes, '_conv_stem', [plan.stem, 3, 3, 3]);
  addNorm(shapes, '_bn0', plan.stem);
  for (const [index, block] of plan.blocks.entries()) addBlock(shapes, `_blocks.${index}.`, block);
  addConvolution(shapes, '_conv_head', [plan.head, plan.blocks.at(-1)?.outputs ?? 0, 1, 1]);
  addNorm(shapes, '_bn1', plan.head);
  shapes.set('_fc.weight', [classes, plan.head]);
  shapes.set('_fc.bias', [classes]);
  return shapes;
}

function addBlock(shapes: Map<string, readonly number[]>, prefix: string, block: BlockPlan): void {
  const { kernel, inputs, expanded, outputs, squeezed } = block;
  if (expanded !== inputs) {
    addConvolution(shapes, `${prefix}_expand_conv`, [expanded, inputs, 1, 1]);
    addNorm(shapes, `${prefix}_bn0`, expanded);
  }
  addConvolution(shapes, `${prefix}_depthwise_conv`, [expanded, 1, kernel, kernel]);
  addNorm(shapes, `${prefix}_bn1`, expanded);
  if (squeezed > 0) {
    addConvolution(shapes, `${prefix}_se_reduce`, [squeezed, expanded, 1, 1]);
    shapes.set(`${prefix}_se_reduce.bias`, [squeezed]);
    addConvolution(shapes, `${prefix}_se_expand`, [expanded, squeezed, 1, 1]);
    shapes.set(`${prefix}_se_expand.bias`, [expanded]);
  }
  addConvolution(shapes, `${prefix}_project_conv`, [outputs, expanded, 1, 1]);
  addNorm(shapes, `${prefix}_bn2`, outputs);
}

function addConvolution(shapes: Map<string, readonly number[]>, name: string, shape: readonly number[]): void {
  shapes.set(`${name}.weight`, shape);
}

function addNorm(shapes: Map<string, readonly number[]>, name: string, channels: number): void {
  for (const part of ['weight', 'bias', 'running_mean', 'running_var']) shapes.set(`${name}.${part}`, [channels]);
}

/** Whether a tensor is collected rather than learned. */
export function isStatistic(name: string): boolean {
  return name.endsWith('.running_mean') || name.endsWith('.running_var');
}

/** The order in which PyTorch's axes appear in TensorFlow's: a depthwise kernel is [h, w, channels, 1] there. */
function axesOf(name: string, rank: number): readonly number[] {
  if (rank === 4) return name.includes('_depthwise_conv') ? [2, 3, 0, 1] : [2, 3, 1, 0];
  return rank === 2 ? [1, 0] : [0];
}

export function toTensorflow(name: string, { shape, data }: StateTensor): StateTensor {
  return permute(data, shape, axesOf(name, shape.length));
}

export function toPytorch(name: string, { shape, data }: StateTensor): StateTensor {
  const axes = axesOf(name, shape.length);
  return permute(
    data,
    shape,
    axes.map((_, axis) => axes.indexOf(axis)),
  );
}

function permute(data: Float32Array, shape: readonly number[], axes: readonly number[]): StateTensor {
  if (axes.length < 2) return { shape, data: Float32Array.from(data) };
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const permuted = axes.map((axis) => shape[axis] as number);
  const steps = axes.map((axis) => strides[axis] as number);
  const result = new Float32Array(data.length);
  const position = axes.map(() => 0);
  let source = 0;
  for (let index = 0; index < result.length; index++) {
    result[index] = data[source] as number;
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      position[axis] = (position[axis] as number) + 1;
      source += steps[axis] as number;
      if ((position[axis] as number) < (permuted[axis] as number)) break;
      source -= (steps[axis] as number) * (permuted[axis] as number);
      position[axis] = 0;
    }
  }
  return { shape: permuted, data: result };
}

/** Every difference between the tensors that are wanted and those that are there, a line each; empty where they agree. */
export function compareTensors(
  wanted: ReadonlyMap<string, readonly number[]>,
  state: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): readonly string[] {
  const lines: string[] = [];
  for (const [name, shape] of wanted) {
    const found = state.get(name);
    if (found === undefined) lines.push(`missing: ${name} [${shape}]`);
    else if (String(found.shape) !== String(shape))
      lines.push(`misshapen: ${name} is [${found.shape}], not [${shape}]`);
  }
  for (const [name, { shape }] of state)
    if (!wanted.has(name) && !name.endsWith('num_batches_tracked')) lines.push(`extra: ${name} [${shape}]`);
  return lines;
}

/** Weights to start a training from nothing: He's normal for convolutions, small uniform for the classifier. */
export function drawState(shapes: ReadonlyMap<string, readonly number[]>, random: () => number): StateDict {
  const state: StateDict = new Map();
  for (const [name, shape] of shapes) state.set(name, { shape, data: drawTensor(name, shape, random) });
  return state;
}

/** Values of one fresh tensor. */
export function drawTensor(name: string, shape: readonly number[], random: () => number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const fill = (draw: () => number) => Float32Array.from({ length: count }, draw);
  if (shape.length === 1) return fill(() => (/(_bn\d\.weight|running_var)$/.test(name) ? 1 : 0));
  const [outputs = 1, inputs = 1, ...window] = shape;
  const area = window.reduce((product, size) => product * size, 1);
  if (shape.length === 2) return fill(() => (2 * random() - 1) / Math.sqrt(inputs));
  const fanOut = name.includes('_depthwise_conv') ? area : outputs * area;
  return fill(() => Math.sqrt(2 / fanOut) * drawNormal(random));
}

/** Box and Muller's transform. */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
