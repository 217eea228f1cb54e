import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDigest } from '../hash/digest.ts';
import type { Digest } from '../model/names.ts';
import { hashContents } from './contents.ts';
import { layoutBelow } from './layout.ts';

/** Files and bytes below a folder; links count as themselves. */
export async function measureFolder(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  let files = 0;
  let bytes = 0;
  if (!existsSync(folder)) return { files, bytes };
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    files += 1;
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return { files, bytes };
}

/** Bytes below .flow/; what a view shares with an object through a link counts here. */
export async function storeBytes(root: string): Promise<number> {
  return (await measureFolder(layoutBelow(root).folder)).bytes;
}

export interface VerifiedObject {
  readonly digest: Digest;
  readonly path: string;
  readonly bytes: number;
  /** Whether the contents are what the name says. */
  readonly sound: boolean;
}

/** Hashes every object; changes nothing. An object that goes away meanwhile is passed over. */
export async function* verifyObjects(root: string): AsyncGenerator<VerifiedObject> {
  const { objects } = layoutBelow(root);
  if (!existsSync(objects)) return;
  for (const shard of (await readdir(objects)).sort()) {
    for (const rest of (await readdir(join(objects, shard))).sort()) {
      const digest = `${shard}${rest}`;
      const path = join(objects, shard, rest);
      if (!isDigest(digest) || !existsSync(path)) continue;
      const contents = await hashContents(path);
      yield { digest, path, bytes: contents?.bytes ?? 0, sound: contents?.digest === digest };
    }
  }
}
