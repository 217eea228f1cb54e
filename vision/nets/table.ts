/**
 * The EfficientNets, from one table of coefficients.
 *
 * B0 to B7: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks" (2019), table 1 and
 * its published code. Lite0 to Lite4: Google's EfficientNet-Lite (2020), which leaves out squeeze-and-excitation, takes
 * relu6 for swish, and scales neither the stem, the head nor the repeats of the first and last stage.
 */
/**
 * `lite`: (rgb - 127) / 128. `imagenet`: (rgb / 255 - mean) / deviation, with ImageNet's mean and deviation.
 * `advprop`: 2 rgb / 255 - 1, for weights that were trained with adversarial examples.
 */
export type Preprocessing = 'lite' | 'imagenet' | 'advprop';

/** How the last activations become features: their mean over the photo's places, or the largest, which small things decide. */
export type Pooling = 'mean' | 'max';

interface Row {
  readonly width: number;
  readonly depth: number;
  /** Pixels a side that the published weights were trained on. */
  readonly size: number;
  readonly dropout: number;
}

interface StageRow {
  readonly repeats: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expand: number;
  readonly from: number;
  readonly to: number;
}

const rows: Readonly<Record<string, Row>> = {
  'efficientnet-b0': { width: 1.0, depth: 1.0, size: 224, dropout: 0.2 },
  'efficientnet-b1': { width: 1.0, depth: 1.1, size: 240, dropout: 0.2 },
  'efficientnet-b2': { width: 1.1, depth: 1.2, size: 260, dropout: 0.3 },
  'efficientnet-b3': { width: 1.2, depth: 1.4, size: 300, dropout: 0.3 },
  'efficientnet-b4': { width: 1.4, depth: 1.8, size: 380, dropout: 0.4 },
  'efficientnet-b5': { width: 1.6, depth: 2.2, size: 456, dropout: 0.4 },
  'efficientnet-b6': { width: 1.8, depth: 2.6, size: 528, dropout: 0.5 },
  'efficientnet-b7': { width: 2.0, depth: 3.1, size: 600, dropout: 0.5 },
  'efficientnet-lite0': { width: 1.0, depth: 1.0, size: 224, dropout: 0.2 },
  'efficientnet-lite1': { width: 1.0, depth: 1.1, size: 240, dropout: 0.2 },
  'efficientnet-lite2': { width: 1.1, depth: 1.2, size: 260, dropout: 0.3 },
  'efficientnet-lite3': { width: 1.2, depth: 1.4, size: 280, dropout: 0.3 },
  'efficientnet-lite4': { width: 1.4, depth: 1.8, size: 300, dropout: 0.3 },
};

const stages: readonly StageRow[] = [
  { repeats: 1, kernel: 3, stride: 1, expand: 1, from: 32, to: 16 },
  { repeats: 2, kernel: 3, stride: 2, expand: 6, from: 16, to: 24 },
  { repeats: 2, kernel: 5, stride: 2, expand: 6, from: 24, to: 40 },
  { repeats: 3, kernel: 3, stride: 2, expand: 6, from: 40, to: 80 },
  { repeats: 3, kernel: 5, stride: 1, expand: 6, from: 80, to: 112 },
  { repeats: 4, kernel: 5, stride: 2, expand: 6, from: 112, to: 192 },
  { repeats: 1, kernel: 3, stride: 1, expand: 6, from: 192, to: 320 },
];

const squeezeRatio = 0.25;
const dropConnect = 0.2;

/** One inverted bottleneck. */
export interface BlockPlan {
  readonly kernel: number;
  readonly stride: number;
  readonly inputs: number;
  /** Channels between expansion and projection; equal to `inputs` where there is no expansion. */
  readonly expanded: number;
  readonly outputs: number;
  /** Channels of squeeze-and-excitation's narrow layer; 0 where the network has none. */
  readonly squeezed: number;
  /** Probability that training leaves the block out, where its input is added to its output. */
  readonly drop: number;
}

export interface NetworkPlan {
  readonly name: string;
  readonly size: number;
  readonly activation: 'swish' | 'relu6';
  readonly dropout: number;
  readonly stem: number;
  readonly blocks: readonly BlockPlan[];
  readonly head: number;
  readonly epsilon: number;
  readonly momentum: number;
  readonly preprocessing: Preprocessing;
}

export const networkNames: readonly string[] = Object.keys(rows);

/** The layers of a network. Throws for a name that the table does not have. */
export function planNetwork(name: string): NetworkPlan {
  const row = rows[name];
  if (row === undefined) throw new Error(`There is no network '${name}'; there are ${networkNames.join(', ')}.`);
  const lite = name.includes('lite');
  const scale = (channels: number) => roundChannels(channels * row.width);
  const stem = lite ? 32 : scale(32);
  return {
    name,
    size: row.size,
    activation: lite ? 'relu6' : 'swish',
    dropout: row.dropout,
    stem,
    blocks: planBlocks(row, lite),
    head: lite ? 1280 : scale(1280),
    epsilon: 1e-3,
    momentum: 0.01,
    preprocessing: lite ? 'lite' : 'imagenet',
  };
}

function planBlocks(row: Row, lite: boolean): readonly BlockPlan[] {
  const blocks: Omit<BlockPlan, 'drop'>[] = [];
  for (const [index, stage] of stages.entries()) {
    const fixed = lite && (index === 0 || index === stages.length - 1);
    const repeats = fixed ? stage.repeats : Math.ceil(stage.repeats * row.depth);
    const outputs = roundChannels(stage.to * row.width);
    // A lite stem keeps its 32 channels, and so does the first block's input.
    const first = lite && index === 0 ? stage.from : roundChannels(stage.from * row.width);
    for (let repeat = 0; repeat < repeats; repeat++) {
      const inputs = repeat === 0 ? first : outputs;
      blocks.push({
        kernel: stage.kernel,
        stride: repeat === 0 ? stage.stride : 1,
        inputs,
        expanded: inputs * stage.expand,
        outputs,
        squeezed: lite ? 0 : Math.max(1, Math.floor(inputs * squeezeRatio)),
      });
    }
  }
  return blocks.map((block, index) => ({ ...block, drop: (dropConnect * index) / blocks.length }));
}

/** To a multiple of 8, but never down by more than a tenth. */
function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}
