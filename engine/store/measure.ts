import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { layoutBelow } from './layout.ts';

/** Files and bytes below a folder; links count as themselves, and what vanishes meanwhile counts nothing. */
export async function measureFolder(folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
  let files = 0;
  let bytes = 0;
  const open = [folder];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const entry of await entriesOf(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) {
        open.push(path);
        continue;
      }
      files += 1;
      if (entry.isFile()) bytes += (await stat(path).catch(() => ({ size: 0 }))).size;
    }
  }
  return { files, bytes };
}

/** A folder at a time: Node's own walk ends with an error where a folder went away. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Bytes below .flow/; what a view shares with an object through a link counts here. */
export async function storeBytes(root: string): Promise<number> {
  return (await measureFolder(layoutBelow(root).folder)).bytes;
}
