import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Contest, PlannedPhoto } from './contest.ts';
import { dice } from './dice.ts';
import { drawPhoto } from './photo.ts';
import { alterPhoto, encodePhoto } from './store.ts';

export interface DrawRequest {
  readonly contest: Contest;
  readonly seed: number;
  /** Absolute paths. */
  readonly folders: { readonly train: string; readonly test: string };
  /** How many photos are worked on at a time. */
  readonly atOnce: number;
  readonly signal: AbortSignal;
  /** Called after each photo with the number of files written so far, of all that there will be. */
  readonly progress: (done: number, total: number) => void;
}

/** Draws all photos of a contest into its two folders, the training photos into one folder a class. */
export async function drawContest({ contest, seed, folders, atOnce, signal, progress }: DrawRequest): Promise<void> {
  const total = contest.photos.reduce((sum, { copies }) => sum + 1 + copies.length, 0);
  let done = 0;
  const draw = async (planned: PlannedPhoto) => {
    const { part, slot, shows, shape, copies } = planned;
    const chance = dice(seed, part, slot, 'file');
    const file = await encodePhoto(await drawPhoto({ name: shows, shape, seed: [seed, part, slot] }), planned, chance);
    await write(join(folders[part], planned.photo), file);
    for (const copy of copies) await write(join(folders[part], copy.photo), await alterPhoto(file, copy.how, chance));
    done += 1 + copies.length;
    progress(done, total);
  };
  const waiting = contest.photos.values();
  const work = async () => {
    for (const planned of waiting) {
      signal.throwIfAborted();
      await draw(planned);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

async function write(path: string, contents: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}
