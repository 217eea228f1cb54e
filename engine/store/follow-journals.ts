import { closeSync, type FSWatcher, mkdirSync, openSync, readSync, watch } from 'node:fs';
import type { JournalLine } from '../model/journal.ts';
import type { RunId } from '../model/names.ts';
import { ending, listJournals, parseLine, pathOf } from './journals.ts';

interface News {
  readonly run: RunId;
  readonly line: JournalLine;
}

/** Milliseconds between two looks where the filesystem tells nothing of changes, as over a network. */
const lookAfter = 1000;

/** Every line of the newest run's journal and of later ones, as they are written. Earlier runs are over. */
export async function* followJournals(folder: string, signal: AbortSignal): AsyncGenerator<News> {
  mkdirSync(folder, { recursive: true });
  const tails = new Map<RunId, Tail>();
  let changed = new Set<RunId>(listJournals(folder).slice(0, 1));
  let wake = () => {};
  const note = (run: RunId | undefined) => {
    if (run !== undefined) changed.add(run);
    wake();
  };
  const watcher = tryToWatch(folder, (name) => {
    if (name?.endsWith(ending)) note(name.slice(0, -ending.length) as RunId);
  });
  const timer = setInterval(() => note(listJournals(folder)[0]), lookAfter);
  const stop = () => wake();
  signal.addEventListener('abort', stop);
  try {
    while (!signal.aborted) {
      const runs = changed;
      changed = new Set();
      for (const run of runs) {
        const tail = tails.get(run) ?? openTail(pathOf(folder, run));
        tails.set(run, tail);
        for (const line of tail.read()) yield { run, line };
      }
      if (changed.size > 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
      });
    }
  } finally {
    watcher?.close();
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Undefined where the system's watches are used up, so that looking now and then has to serve. */
function tryToWatch(folder: string, heard: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, (_, name) => heard(name));
    // A folder that is taken away ends the news of it, not the reader.
    watcher.on('error', () => {});
    return watcher;
  } catch {
    return undefined;
  }
}

interface Tail {
  /** Whole lines since the last call. */
  readonly read: () => JournalLine[];
}

function openTail(path: string): Tail {
  let position = 0;
  let rest: Buffer = Buffer.alloc(0);
  return {
    read: () => {
      let file: number;
      try {
        file = openSync(path, 'r');
      } catch {
        return [];
      }
      try {
        const chunk = Buffer.alloc(64 * 1024);
        for (let length = readSync(file, chunk, 0, chunk.length, position); length > 0; ) {
          rest = Buffer.concat([rest, chunk.subarray(0, length)]);
          position += length;
          length = readSync(file, chunk, 0, chunk.length, position);
        }
      } finally {
        closeSync(file);
      }
      const end = rest.lastIndexOf(0x0a) + 1;
      const text = rest.toString('utf8', 0, end);
      rest = rest.subarray(end);
      return text.split('\n').flatMap(parseLine) as JournalLine[];
    },
  };
}
