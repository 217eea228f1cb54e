/**
 * Compiles the kernels of our own, once for their source and a processor: some ten seconds.
 */
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buildFolder } from '../cache.ts';
import type { Preparation } from '../preparation.ts';
import { findTools } from '../tools.ts';
import { hasKernels, kernelPath, processorLevel } from './library.ts';
import { kernelSource } from './source.ts';

const retryMilliseconds = 3_600_000;

/** Where they cannot be compiled, that is said and remembered for an hour; TensorFlow's own kernels then do their work. */
export async function prepareKernels(preparation: Preparation): Promise<void> {
  if (hasKernels()) return;
  const failure = `${kernelPath()}.failed`;
  const failed = await stat(failure).catch(() => undefined);
  if (failed && Date.now() - failed.mtimeMs < retryMilliseconds) return;
  try {
    await compileKernels(preparation);
    await rm(failure, { force: true });
  } catch (error) {
    preparation.signal.throwIfAborted();
    preparation.log(`Training is slower than it could be: ${error instanceof Error ? error.message : String(error)}`);
    await writeFile(failure, '');
  }
}

async function compileKernels({ signal, progress, log }: Preparation): Promise<void> {
  const path = kernelPath();
  await mkdir(dirname(path), { recursive: true });
  const { compiler } = findTools();
  if (compiler === undefined) throw new Error('the kernels want a C++ compiler (Debian: apt-get install g++).');
  log('Kernels for the training are compiled once for this machine; this takes some ten seconds.');
  progress({ done: 0, total: 1, unit: 'file', note: 'kernels: compile' });
  const { execa } = await import('execa');
  // Each process compiles into a file of its own: of several at once the last one's replaces equal bytes.
  const attempt = `${path}.${process.pid}`;
  const level = processorLevel();
  const parameters = [
    ...['-x', 'c++', '-', '-x', 'none', '-std=c++17', '-O3', '-fno-math-errno', '-fno-trapping-math'],
    ...(level ? [`-march=${level}`] : []),
    ...['-fPIC', '-shared', '-fvisibility=hidden', '-w', '-pthread', `-L${buildFolder('cpu')}/deps/lib`],
    ...['-l:libtensorflow_framework.so.2', '-Wl,-rpath,$ORIGIN/../deps/lib', '-o', attempt],
  ];
  try {
    const { failed, stderr } = await execa(compiler, parameters, {
      input: kernelSource,
      cancelSignal: signal,
      reject: false,
    });
    signal.throwIfAborted();
    if (failed) throw new Error(`${compiler} failed at its kernels: ${stderr.split('\n')[0]}`);
    await rename(attempt, path);
  } finally {
    await rm(attempt, { force: true });
  }
}
