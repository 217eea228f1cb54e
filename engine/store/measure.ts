import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
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
