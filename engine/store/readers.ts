import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunId, TaskName } from '../model/names.ts';
import type { ReadOutput, ViewRequest, Waiting } from '../model/ports.ts';
import { fileNameOf, type Layout } from './layout.ts';
import type { Lives } from './lives.ts';

/**
 * Two runs may want other results of one task: what one reads in the view, the other would replace under its hands. So a
 * run writes down what its tasks read, and a later one waits with another result until the earlier run has ended. An
 * earlier run waits for no later one, so that neither waits for both.
 */
export interface Readers {
  /** Says that tasks of this run read these outputs in the view, until it ends. */
  readonly read: (outputs: readonly ReadOutput[]) => Promise<void>;
  /** Waits until no earlier run reads another result of this task. */
  readonly passReaders: (request: Pick<ViewRequest, 'task' | 'places' | 'signal' | 'waiting'>) => Promise<void>;
  /** Waits until all earlier runs have ended. */
  readonly passEarlier: (waiting: Waiting, signal: AbortSignal) => Promise<void>;
}

const pause = 100;
/** Milliseconds. */
const settledAfter = 100;
const ending = '.reading';

export function createReaders(layout: Layout, run: RunId, lives: Pick<Lives, 'begin' | 'lives' | 'others'>): Readers {
  const told = new Set<string>();
  let listed: { readonly changedAt: number; readonly runs: readonly RunId[] } | undefined;

  /** Runs sort by the time at which they began. */
  const findEarlier = () =>
    readdirSync(layout.runs)
      .flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length) as RunId] : []))
      .filter((other) => other < run);

  /** Asked once a task: where no run came or went, the folder's own stat says so. */
  const earlier = (): readonly RunId[] => {
    const changedAt = statSync(layout.runs, { throwIfNoEntry: false })?.mtimeMs;
    if (changedAt === undefined) return [];
    if (listed?.changedAt === changedAt) return listed.runs;
    const runs = findEarlier();
    // A folder that changed just now may change again in the same tick of its clock.
    listed = changedAt < Date.now() - settledAfter ? { changedAt, runs } : undefined;
    return runs;
  };

  const readsAnother = (other: RunId, { task, places }: Pick<ViewRequest, 'task' | 'places'>): boolean => {
    const read = readOutputs(layout.reading(other), task);
    return places.some(({ out, output }) => read.has(out) && read.get(out) !== output?.digest);
  };

  const waitWhile = async (inTheWay: () => Promise<RunId | undefined>, waiting: Waiting, signal?: AbortSignal) => {
    let first = true;
    for (let other = await inTheWay(); other !== undefined; other = await inTheWay()) {
      if (first) waiting(other);
      first = false;
      await wait(pause, undefined, signal ? { signal } : {});
    }
  };

  return {
    read: async (outputs) => {
      const lines = outputs.map(lineOf).filter((line) => !told.has(line));
      if (lines.length === 0) return;
      await lives.begin();
      for (const line of lines) told.add(line);
      appendFileSync(layout.reading(run), lines.join(''));
    },
    passReaders: ({ waiting = () => {}, signal, ...request }) => {
      const inTheWay = async () => {
        for (const other of earlier()) if (readsAnother(other, request) && (await lives.lives(other))) return other;
        return undefined;
      };
      return waitWhile(inTheWay, waiting, signal);
    },
    passEarlier: (waiting, signal) =>
      waitWhile(async () => (await lives.others()).find((other) => other < run), waiting, signal),
  };
}

function lineOf({ task, out, digest }: ReadOutput): string {
  return `${fileNameOf(task)}\t${out}\t${digest}\n`;
}

/** The last digest of each output; a line that is just being written may be cut. */
function readOutputs(path: string, task: TaskName): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  if (!existsSync(path)) return read;
  const start = `${fileNameOf(task)}\t`;
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    if (!line.startsWith(start)) continue;
    const [out = '', digest = ''] = line.slice(start.length).split('\t');
    read.set(out, digest);
  }
  return read;
}
