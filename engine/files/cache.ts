import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestText } from '../hash/digest.ts';
import { isForbidden } from '../model/forbidden.ts';
import { decodePack, encodePack, type Pack } from './pack.ts';

/** Packs on disk, one a walked folder or glob, and one for single files. */
export interface PackCache {
  /** Undefined where none is stored or it is damaged. */
  readonly read: (name: string) => Pack | undefined;
  /** Whole or not at all; a cache that may not be written is no reason to refuse anything. */
  readonly write: (name: string, pack: Pack) => Promise<void>;
}

export function createPackCache(folder: string): PackCache {
  const place = (name: string) => join(folder, `${digestText(name).slice(0, 32)}.pack`);
  return {
    read: (name) => {
      try {
        const pack = decodePack(readFileSync(place(name)));
        markUsed(place(name));
        return pack;
      } catch {
        return undefined;
      }
    },
    write: async (name, pack) => {
      const temporary = `${place(name)}.${randomBytes(6).toString('hex')}`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(temporary, encodePack(pack));
        renameSync(temporary, place(name));
      } catch (error) {
        if (isForbidden(error)) return;
        rmSync(temporary, { force: true });
        throw error;
      }
    },
  };
}

const day = 24 * 3600 * 1000;

/** Its time of change is that of its last use, to the day, by which `flow gc` tells what nobody asks for any more. */
function markUsed(path: string): void {
  const now = Date.now();
  if (now - statSync(path).mtimeMs < day) return;
  try {
    utimesSync(path, now / 1000, now / 1000);
  } catch {
    // Another user's, or a read-only disk's.
  }
}
