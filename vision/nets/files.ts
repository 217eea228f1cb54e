/**
 * Weight files of any kind.
 */
import { useOurNames } from './naming.ts';
import type { StateDict } from './network.ts';
import { findSafetensors } from './safetensors.ts';
import { type Bytes, readAll, type StoredTensors, withBytes } from './stored-tensors.ts';
import { withTorchFile } from './torchfile.ts';

/**
 * Opens `.pth` in either form or safetensors, told by the contents and not by the name, for as long as `use` takes.
 * Tensors of timm are given the names that are used here.
 */
export async function withWeights<T>(path: string, use: (tensors: StoredTensors) => Promise<T>): Promise<T> {
  return withBytes(path, async (bytes) => {
    const useNamed = (tensors: StoredTensors) => use(useOurNames(tensors));
    if (await isTorchFile(bytes, path)) return withTorchFile(bytes, path, useNamed);
    return useNamed((await findSafetensors(bytes, path)).tensors);
  });
}

/** All tensors of such a file. */
export function readWeights(path: string): Promise<StateDict> {
  return withWeights(path, readAll);
}

async function isTorchFile(bytes: Bytes, path: string): Promise<boolean> {
  if (bytes.size < 9) throw new Error(`${path} is too short to hold weights.`);
  const start = await bytes.read(0, 9);
  // A safetensors file has its header's `{` behind eight bytes of length; torch's forms begin with PK or a pickle.
  return start.toString('latin1', 0, 2) === 'PK' || (start[0] === 0x80 && start[8] !== 0x7b);
}
