/**
 * Weight files of any kind.
 */
import { open } from 'node:fs/promises';
import { useOurNames } from './naming.ts';
import type { StateDict } from './network.ts';
import { readSafetensors } from './safetensors.ts';
import { readTorchFile } from './torchfile.ts';

/**
 * Reads `.pth` in either form or safetensors, told by the contents and not by the name.
 * Tensors of timm are given the names that are used here.
 */
export async function readWeights(path: string): Promise<StateDict> {
  return useOurNames((await isTorchFile(path)) ? await readTorchFile(path) : (await readSafetensors(path)).state);
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
