import type { Upkeep } from '../model/upkeep.ts';
import type { StoreParts } from './parts.ts';
import { diskBelow } from './store-error.ts';

/** Loaded at the first call, since a run never needs it. */
export function createUpkeep(parts: StoreParts): Upkeep {
  const onDisk = diskBelow(parts.layout.folder);
  return {
    check: (request) => onDisk(async () => (await import('./verify.ts')).checkStore(request, parts)),
    compare: (path, output) => onDisk(async () => (await import('./compare.ts')).compareOutput(path, output, parts)),
    countAudit: () => onDisk(async () => (await import('./compare.ts')).countAudit(parts)),
    collect: (request) => onDisk(async () => (await import('./gc.ts')).collect(request, parts)),
  };
}
