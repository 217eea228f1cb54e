import { columns } from './listing.ts';
import { isFile, statOf } from './stats.ts';

/** A list of files that several threads ask for, some at a time; on memory that they share. */
export interface StatShare {
  /** Absolute; the paths are relative to it. */
  readonly folder: string;
  readonly filesAtOnce: number;
  /** The next chunk to be taken, chunks done, and 1 where a path was found to be no file. */
  readonly turns: Int32Array;
  /** 1 for each chunk of which all stats are entered. */
  readonly done: Uint8Array;
  /** Four numbers a file. */
  readonly stats: Float64Array;
}

/** Takes chunks until none is left. */
export function askInTurn(share: StatShare, paths: readonly string[]): void {
  const { turns, done } = share;
  for (let chunk = Atomics.add(turns, 0, 1); chunk < done.length; chunk = Atomics.add(turns, 0, 1)) {
    askChunk(share, paths, chunk);
    Atomics.add(turns, 1, 1);
    Atomics.notify(turns, 1);
  }
}

export function askChunk(
  { folder, filesAtOnce, turns, done, stats }: StatShare,
  paths: readonly string[],
  chunk: number,
): void {
  const from = chunk * filesAtOnce;
  for (let row = from; row < Math.min(paths.length, from + filesAtOnce); row++) {
    if (!enterStat(`${folder}/${paths[row]}`, stats, row * columns)) {
      Atomics.store(turns, 2, 1);
      break;
    }
  }
  Atomics.store(done, chunk, 1);
}

function enterStat(path: string, into: Float64Array, at: number): boolean {
  try {
    const stats = statOf(path);
    if (stats === undefined || !isFile(stats)) return false;
    into[at] = stats.size;
    into[at + 1] = stats.mtimeMs;
    into[at + 2] = stats.ctimeMs;
    into[at + 3] = stats.ino;
    return true;
  } catch {
    // A lacking permission, say: whoever reads the folder anew names it.
    return false;
  }
}
