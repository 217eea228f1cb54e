/**
 * Where the kernels of our own lie, compiled: beside TensorFlow's library, under a name of their source and of the
 * processor that they are compiled for, so that machines which share a cache folder never load each other's.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder } from '../cache.ts';
import { kernelSource } from './source.ts';

/** The level of the x86-64 psABI whose instructions may be used: AVX2 and fused multiply-add, or none beyond the base. */
export function processorLevel(): 'x86-64-v3' | undefined {
  if (process.arch !== 'x64') return undefined;
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
  const wanted = ['avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'];
  return wanted.every((flag) => flags.includes(flag)) ? 'x86-64-v3' : undefined;
}

/** What the kernels bring into a key. */
export function kernelName(): string {
  const digest = createHash('sha256').update(kernelSource).digest('hex').slice(0, 12);
  return `${digest}-${processorLevel() ?? process.arch}`;
}

export function kernelPath(): string {
  return join(buildFolder('cpu'), 'kernels', `${kernelName()}.node`);
}

export function hasKernels(): boolean {
  return existsSync(kernelPath());
}
