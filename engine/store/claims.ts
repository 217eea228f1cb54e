import { linkSync, mkdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunId } from '../model/names.ts';
import type { Claim, Waiting } from '../model/ports.ts';
import type { Layout } from './layout.ts';
import { type Lives, ownerOf } from './lives.ts';

export interface ClaimsOptions {
  readonly layout: Layout;
  readonly run: RunId;
  readonly lives: Lives;
  /** A new name on the store's filesystem. */
  readonly temporary: () => string;
}

/** Waits while another run, or another task of this one, holds what has this name; without a signal for ever. */
export type Hold = (name: string, signal?: AbortSignal, waiting?: Waiting) => Promise<Claim>;

const shortestPause = 5;
const longestPause = 150;
/** Milliseconds after which a person wants to know what is waited for. */
const worthTelling = 1000;

/**
 * Claims are further names of one file that holds the run's name: made in one step together with what they say, which
 * a file that is created and then written is not, and without a new file each, which costs ten times as much. Waiting
 * asks again and again, since watches do not cross network mounts.
 */
export function createClaims({ layout, run, lives, temporary }: ClaimsOptions): Hold {
  let named: { readonly file: string; readonly inode: number } | undefined;

  const nameFile = () => {
    mkdirSync(layout.claims, { recursive: true });
    const file = temporary();
    writeFileSync(file, run);
    return { file, inode: statSync(file).ino };
  };

  const tryToHold = (path: string): boolean => {
    named ??= nameFile();
    try {
      linkSync(named.file, path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    }
  };

  return async (name, signal, waiting = () => {}) => {
    await lives.begin();
    const path = join(layout.claims, name);
    let pause = shortestPause;
    let waited = 0;
    while (!tryToHold(path)) {
      const owner = ownerOf(path);
      // A dead run's claim is removed by asking after it; another task of this run is waited for.
      if (owner !== undefined && (owner === run || (await lives.lives(owner)))) {
        await wait(pause, undefined, signal ? { signal } : {});
        if (owner !== run && waited < worthTelling && waited + pause >= worthTelling) waiting(owner as RunId);
        waited += pause;
        pause = Math.min(pause * 2, longestPause);
      }
    }
    return {
      release: async () => {
        // Somebody may have tidied up below the run, and another run have claimed it since.
        if (statSync(path, { throwIfNoEntry: false })?.ino === named?.inode) unlinkSync(path);
      },
    };
  };
}
