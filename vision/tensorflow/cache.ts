/**
 * Where the built binding lies, and whether it is whole.
 *
 * The folder is outside node_modules because `npm ci` empties that, and outside the checkout because one build serves
 * all of them. Its name carries what the binding depends on; Node's ABI is not among it, since the binding is compiled
 * against Node-API, which is stable across Node's versions.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bindingVersion, type Device, libraryVersion, nodeApiLevel } from './versions.ts';

export interface BuiltFile {
  /** Below the build's folder. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds; the digest is only computed again where it differs. */
  readonly modified: number;
  readonly digest: string;
}

/** `FLOW_CACHE_DIR`, else `$XDG_CACHE_HOME/flow`, else `~/.cache/flow`. */
export function cacheFolder(): string {
  if (process.env.FLOW_CACHE_DIR) return process.env.FLOW_CACHE_DIR;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'flow');
}

export function buildFolder(device: Device): string {
  const name = `${device}-${libraryVersion}-tfjs-${bindingVersion}-napi-${nodeApiLevel}-${process.platform}-${process.arch}`;
  return join(cacheFolder(), 'tensorflow', name);
}

/** Written last into a build, so that its presence says that the build came to its end. */
export function receiptOf(folder: string): string {
  return join(folder, 'built.json');
}

/** Holds the reason of a failed build, so that not every run tries again. */
export function failureOf(device: Device): string {
  return `${buildFolder(device)}.failed.json`;
}

/** Cheap: every file of the receipt is there with its length. */
export function isBuilt(device: Device): boolean {
  const folder = buildFolder(device);
  if (!existsSync(receiptOf(folder))) return false;
  try {
    const files = JSON.parse(readFileSync(receiptOf(folder), 'utf8')) as readonly BuiltFile[];
    return files.every((file) => statSync(join(folder, file.path)).size === file.bytes);
  } catch {
    return false;
  }
}

/** As `isBuilt`, and files with another time than the receipt's have its digest (then the receipt gets their times). */
export async function isIntact(device: Device): Promise<boolean> {
  if (!isBuilt(device)) return false;
  const folder = buildFolder(device);
  const files = JSON.parse(await readFile(receiptOf(folder), 'utf8')) as readonly BuiltFile[];
  let retimed = false;
  for (const file of files) {
    if (modifiedOf(join(folder, file.path)) === file.modified) continue;
    if ((await digestOf(join(folder, file.path))) !== file.digest) return false;
    retimed = true;
  }
  if (retimed) await writeReceipt(folder, files);
  return true;
}

export async function describeFile(folder: string, path: string): Promise<BuiltFile> {
  const whole = join(folder, path);
  return { path, bytes: statSync(whole).size, modified: modifiedOf(whole), digest: await digestOf(whole) };
}

export async function writeReceipt(folder: string, files: readonly BuiltFile[]): Promise<void> {
  const current = files.map((file) => ({ ...file, modified: modifiedOf(join(folder, file.path)) }));
  const temporary = `${receiptOf(folder)}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(current, null, 1)}\n`);
  await rename(temporary, receiptOf(folder));
}

/** SHA-256 of a file, hex. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function modifiedOf(path: string): number {
  return Math.floor(statSync(path).mtimeMs);
}
