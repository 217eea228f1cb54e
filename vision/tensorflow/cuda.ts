/**
 * The CUDA libraries that TensorFlow's GPU library looks for beside itself.
 *
 * Its run path holds `$ORIGIN/../nvidia/NAME/lib`, so with the library in `deps/lib` they belong in `deps/nvidia/NAME/lib`.
 * Which they are is written in the wheel's own metadata, as its extra `and-cuda`.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openArchive, unpack } from './archive.ts';
import { downloadFromIndex } from './pip.ts';
import type { Preparation } from './preparation.ts';

// nvcc only serves XLA, which tfjs never calls.
const needless = ['nvidia-cuda-nvcc-cu12'];
const platforms = ['manylinux_2_27_x86_64', 'manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'];

/** Adds the libraries to a build's folder and returns their paths in it. */
export async function addCuda(wheel: string, folder: string, preparation: Preparation): Promise<readonly string[]> {
  const archive = await openArchive(wheel);
  const metadata = [...archive.entries.keys()].find((name) => name.endsWith('.dist-info/METADATA'));
  const requirements = cudaRequirements(metadata ? (await archive.read(metadata)).toString('utf8') : '');
  archive.close();
  const files: string[] = [];
  for (const [index, requirement] of requirements.entries()) {
    const note = `TensorFlow: ${requirement.split(/[<>=]/)[0]}`;
    preparation.progress({ done: index, total: requirements.length, unit: 'package', note });
    const place = join(folder, 'cuda');
    const path = await downloadFromIndex({ requirement, folder: place, platforms, signal: preparation.signal });
    const libraries = await openArchive(path);
    files.push(...(await unpack(libraries, folder, placeOf)));
    libraries.close();
    await rm(place, { recursive: true });
  }
  return files;
}

/** The requirements of the extra `and-cuda` in a wheel's METADATA. */
export function cudaRequirements(metadata: string): readonly string[] {
  return [...metadata.matchAll(/^Requires-Dist: (.+?); extra == ['"]and-cuda['"]$/gm)]
    .map((match) => match[1] ?? '')
    .filter((requirement) => !needless.includes(requirement.split(/[<>=!~ ]/)[0] ?? ''));
}

function placeOf(name: string): string | undefined {
  return /^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/.test(name) ? join('deps', name) : undefined;
}
