import type { Tensorflow } from '../tensorflow/tensorflow.ts';
import { createNetwork } from './efficientnet.ts';
import type { Network } from './network.ts';
import { readSafetensors } from './safetensors.ts';
import { type NetworkPlan, planNetwork } from './table.ts';

/** The network that the stage `weights` wrote, with all of its classes. */
export async function openPretrained(tf: Tensorflow, path: string): Promise<{ network: Network; plan: NetworkPlan }> {
  const { state, metadata } = await readSafetensors(path);
  const plan = planNetwork(metadata.network ?? '');
  const network = createNetwork(tf, { name: plan.name, classes: state.get('_fc.bias')?.shape[0] ?? 1000 });
  network.load(state);
  return { network, plan };
}
