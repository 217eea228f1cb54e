/**
 * Leads the package's `lib` folder to the build in the cache.
 *
 * One link is all: Node resolves it before it opens the binding, which then finds the library by its own run path.
 * It is renamed into place, so that of two processes at once either's link is whole, and a killed one leaves none cut.
 */
import { existsSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildFolder } from './cache.ts';
import type { Device } from './versions.ts';

/** Where tfjs looks for its binding. */
export function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'));
}

/** Costs one look where the link is right already. Throws where node_modules cannot be written. */
export function linkBinding(device: Device): void {
  const link = join(packageFolder(), 'lib');
  const target = join(buildFolder(device), 'lib');
  if (readLink(link) === target) return;
  const temporary = `${link}.${process.pid}`;
  rmSync(temporary, { force: true });
  try {
    symlinkSync(target, temporary);
    // A folder here is what another way of installing the package left; a link cannot be renamed over it.
    if (existsSync(link) && readLink(link) === undefined) rmSync(link, { recursive: true });
    renameSync(temporary, link);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`The TensorFlow binding could not be linked to ${link}: ${(error as Error).message}`);
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
