import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Machine } from '../model/ports.ts';

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  // A container may be granted less than the machine has; 0 and huge numbers stand for no limit.
  const limit = process.constrainedMemory() ?? 0;
  return {
    nodeMajor: Number(process.versions.node.split('.')[0]),
    architecture: process.arch,
    host: hostname(),
    cores: availableParallelism(),
    memory: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    gpus: countGpus(),
    environment: (name) => process.env[name],
    now: () => Date.now(),
    sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }).catch(() => {}),
  };
}

/** NVIDIA's driver lists its cards here; asking nvidia-smi would cost every start a process. */
function countGpus(): number {
  const cards = '/proc/driver/nvidia/gpus';
  const count = existsSync(cards) ? readdirSync(cards).length : 0;
  const visible = process.env.CUDA_VISIBLE_DEVICES;
  if (visible === undefined) return count;
  // CUDA itself stops at the first name that is none, such as the -1 by which all are hidden.
  const names = visible.split(',').map((name) => name.trim());
  const end = names.findIndex((name) => !/^(\d+|GPU-.+|MIG-.+)$/.test(name));
  return Math.min(count, end < 0 ? names.length : end);
}
