import { createNetwork } from '../nets/efficientnet.ts';
import type { Network } from '../nets/network.ts';
import { type Preprocessing, preprocessings } from '../nets/preprocess.ts';
import { readSafetensors, writeSafetensors } from '../nets/safetensors.ts';
import type { Pooling } from '../nets/table.ts';
import type { Tensorflow } from '../tensorflow/tensorflow.ts';

/** What a model's file says of itself beside its tensors. */
export interface ModelCard {
  readonly name: string;
  /** Side of the square that photos are laid into, in pixels. */
  readonly size: number;
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly pooling: Pooling;
  /** Whether its logits are means over a photo and its mirror image. */
  readonly flips: boolean;
}

/** Writes a network as safetensors in PyTorch's names and layout, with its card as metadata. */
export async function saveModel(path: string, network: Network, card: ModelCard): Promise<void> {
  const { name, size, classes, preprocessing, pooling, flips } = card;
  const metadata = {
    ...{ network: name, size: String(size), classes: JSON.stringify(classes), preprocessing },
    ...(pooling !== 'mean' && { pooling }),
    ...(flips && { flips: 'true' }),
  };
  await writeSafetensors(path, network.state(), metadata);
}

export interface Model {
  readonly network: Network;
  readonly card: ModelCard;
}

/** Reads what `saveModel` wrote; throws a sentence where the file is no such model. */
export async function loadModel(tf: Tensorflow, path: string): Promise<Model> {
  const { state, metadata } = await readSafetensors(path);
  const { network: name, size, classes } = metadata;
  const preprocessing = preprocessings.find((kind) => kind === metadata.preprocessing);
  if (!name || !size || !classes || !preprocessing)
    throw new Error(
      `${path} does not say which network, size, classes and preprocessing it is for; give a model that was trained here.`,
    );
  const flips = metadata.flips === 'true';
  const pooling = metadata.pooling === 'max' ? 'max' : 'mean';
  const card: ModelCard = { name, size: Number(size), classes: JSON.parse(classes), preprocessing, pooling, flips };
  const network = createNetwork(tf, { name, classes: card.classes.length, pooling });
  network.load(state);
  return { network, card };
}
