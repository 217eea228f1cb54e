import { constants, fstatSync, mkdirSync, openSync, type Stats, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A point in time as the filesystem of a device writes it into ctime. */
export interface Moment {
  readonly device: number;
  readonly time: number;
  /** The machine's clock, for files of other filesystems. */
  readonly wall: number;
}

/**
 * Asks the filesystem for its own time by writing a byte: its clock may stand apart from the machine's, and it ticks
 * more coarsely. The file stays open, since opening it anew costs a hundred times as much as the byte. A cache folder
 * that cannot be written gives a moment that serves no device.
 */
export function createClock(cacheFolder: string): () => Moment {
  let file: number | undefined;
  return () => {
    const wall = Date.now();
    try {
      file ??= openClock(cacheFolder);
      writeSync(file, 'x', 0);
      const stats = fstatSync(file);
      return { device: stats.dev, time: stats.ctimeMs, wall };
    } catch {
      return { device: -1, time: 0, wall };
    }
  };
}

/** The time at which this is first asked for; most looks find everything known by stat and never ask. */
export function momentOnce(clock: () => Moment): () => Moment {
  let moment: Moment | undefined;
  return () => {
    moment ??= clock();
    return moment;
  };
}

function openClock(cacheFolder: string): number {
  mkdirSync(cacheFolder, { recursive: true });
  return openSync(join(cacheFolder, 'clock'), constants.O_RDWR | constants.O_CREAT);
}

/** Other filesystems' clocks are not asked, and FAT counts in steps of two seconds. */
const margin = 3000;

/**
 * Whether contents read after this moment are surely those that this stat stands for from now on: a later change gets a
 * later ctime. A file changed in the very tick of the moment could change again without its stat telling.
 */
export function settled(stats: Pick<Stats, 'dev' | 'ctimeMs'>, moment: Moment): boolean {
  return stats.dev === moment.device ? stats.ctimeMs < moment.time : stats.ctimeMs < moment.wall - margin;
}
