import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
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
        return decodePack(readFileSync(place(name)));
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
