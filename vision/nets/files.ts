/**
 * Weight files of any kind, and models: weights with the configuration of their network.
 */
import { open } from 'node:fs/promises';
import type { StateDict } from './network.ts';
import { type Preprocessing, preprocessings } from './preprocess.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { planNetwork } from './table.ts';
import { readTorchFile } from './torchfile.ts';

/** What a trained model's file says of its network; written into the safetensors metadata. */
export interface ModelConfiguration {
  readonly name: string;
  /** Pixels a side that it was trained on. */
  readonly size: number;
  /** In the order of the logits. */
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
}

export interface Model {
  readonly configuration: ModelConfiguration;
  readonly state: StateDict;
}

/** Reads `.pth` in either form or safetensors, told by the contents and not by the name. */
export async function readWeights(path: string): Promise<StateDict> {
  return (await isTorchFile(path)) ? readTorchFile(path) : (await readSafetensors(path)).state;
}

async function isTorchFile(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(9), 0, 9, 0);
    if (bytesRead < 9) throw new Error(`${path} is too short to hold weights.`);
    // A safetensors file has its header's `{` behind eight bytes of length; torch's forms begin with PK or a pickle.
    return buffer.toString('latin1', 0, 2) === 'PK' || (buffer[0] === 0x80 && buffer[8] !== 0x7b);
  } finally {
    await file.close();
  }
}

export async function saveModel(path: string, { configuration, state }: Model): Promise<void> {
  const { name, size, classes, preprocessing } = configuration;
  await writeSafetensors(path, {
    state,
    metadata: { format: 'pt', name, size: String(size), classes: JSON.stringify(classes), preprocessing },
  });
}

/** Throws where the file's metadata lack the configuration, as that of bare weights does. */
export async function readModel(path: string): Promise<Model> {
  const { state, metadata } = await readSafetensors(path);
  const { name, size, classes, preprocessing } = metadata;
  const kind = preprocessings.find((each) => each === preprocessing);
  if (name === undefined || size === undefined || classes === undefined || kind === undefined)
    throw new Error(`${path} holds weights without their network's configuration: train a model from them first.`);
  planNetwork(name);
  const configuration = { name, size: Number(size), classes: JSON.parse(classes) as string[], preprocessing: kind };
  return { configuration, state };
}
