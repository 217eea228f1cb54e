/**
 * What `flow doctor` says of TensorFlow.
 */
import { buildFolder, isBuilt } from './cache.ts';
import { chooseTensorflow } from './choice.ts';
import { hasNvidiaDriver } from './tools.ts';
import { bindingVersion, libraryVersion } from './versions.ts';

/** Which TensorFlow is used, and what a better one lacks; one line each. */
export function tensorflowReport(): readonly string[] {
  try {
    const { backend, device, lacks } = chooseTensorflow();
    if (device === undefined)
      return [`TensorFlow: wasm through tfjs ${bindingVersion}, 7 to 13 times slower than native.`, ...lacks];
    const state = isBuilt(device) ? `built in ${buildFolder(device)}` : 'built at first need (about a minute)';
    const lines = [`TensorFlow: ${backend}, library ${libraryVersion}, tfjs ${bindingVersion}, ${state}.`, ...lacks];
    if (device === 'cpu' && !hasNvidiaDriver()) lines.push('native-gpu: there is no NVIDIA driver.');
    return lines;
  } catch (error) {
    return [`TensorFlow: ${error instanceof Error ? error.message : String(error)}`];
  }
}
