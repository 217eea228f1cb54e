/**
 * Which TensorFlow this machine uses. One decision serves facts, preparation, loading and the report, so that a key
 * never names another backend than the one that computes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { failureOf, isBuilt } from './cache.ts';
import { findTools, hasNvidiaDriver } from './tools.ts';
import { type Device, findWheel } from './versions.ts';

export type Backend = 'native-cpu' | 'native-gpu' | 'wasm';

export interface Choice {
  readonly backend: Backend;
  /** The native device, absent for wasm. */
  readonly device?: Device;
  /** FLOW_TENSORFLOW asked for exactly this: a build that fails is then an error. */
  readonly asked: boolean;
  /** What a better backend lacks, one sentence each. */
  readonly lacks: readonly string[];
}

/** Decides from FLOW_TENSORFLOW, the driver, what is built and what could be built. Throws where FLOW_TENSORFLOW cannot be met. */
export function chooseTensorflow(): Choice {
  const wish = process.env.FLOW_TENSORFLOW ?? '';
  if (!['', 'cpu', 'gpu', 'wasm'].includes(wish))
    throw new Error(`FLOW_TENSORFLOW is '${wish}'; it may be gpu, cpu or wasm, or be left out.`);
  if (wish === 'wasm') return { backend: 'wasm', asked: true, lacks: ['FLOW_TENSORFLOW=wasm asks for it.'] };
  if (wish === 'cpu' || wish === 'gpu') {
    const obstacle = isBuilt(wish) ? undefined : findObstacle(wish);
    if (obstacle !== undefined) throw new Error(`FLOW_TENSORFLOW=${wish} cannot be met: ${obstacle}`);
    return { backend: `native-${wish}`, device: wish, asked: true, lacks: [] };
  }
  const lacks: string[] = [];
  const devices: readonly Device[] = hasNvidiaDriver() ? ['gpu', 'cpu'] : ['cpu'];
  for (const device of devices) {
    const obstacle = isBuilt(device) ? undefined : (readFailure(device) ?? findObstacle(device));
    if (obstacle === undefined) return { backend: `native-${device}`, device, asked: false, lacks };
    lacks.push(`native-${device}: ${obstacle}`);
  }
  return { backend: 'wasm', asked: false, lacks };
}

function findObstacle(device: Device): string | undefined {
  if (findWheel(device) === undefined)
    return `no TensorFlow library is published for ${device} on ${process.platform} ${process.arch}.`;
  const { missing } = findTools();
  return missing.length === 0 ? undefined : `it needs ${missing.join(' and ')}.`;
}

function readFailure(device: Device): string | undefined {
  if (!existsSync(failureOf(device))) return undefined;
  try {
    const failure = JSON.parse(readFileSync(failureOf(device), 'utf8')) as { reason: string };
    return `its build failed: ${failure.reason} It is tried again after an hour, or at once with FLOW_TENSORFLOW=${device}.`;
  } catch {
    // A failure that cannot be read says nothing that would forbid another try.
    return undefined;
  }
}
