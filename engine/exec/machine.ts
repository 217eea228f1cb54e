import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, hostname, totalmem } from 'node:os';
import type { Machine } from '../model/ports.ts';

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    nodeMajor: Number(process.versions.node.split('.')[0]),
    architecture: process.arch,
    host: hostname(),
    cores: availableParallelism(),
    memory: totalmem(),
    gpus: countGpus(),
    environment: (name) => process.env[name],
    now: () => Date.now(),
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const timer = setTimeout(end, milliseconds);
        signal.addEventListener('abort', end, { once: true });
        function end(): void {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          resolve();
        }
      }),
  };
}

/** NVIDIA's driver lists its cards here; asking nvidia-smi would cost every start a process. */
function countGpus(): number {
  const cards = '/proc/driver/nvidia/gpus';
  return existsSync(cards) ? readdirSync(cards).length : 0;
}
