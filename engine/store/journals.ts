import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '../model/event.ts';
import type { JournalEnd, JournalEntry, JournalHead, RunJournal } from '../model/journal.ts';
import type { RunId, TaskName } from '../model/names.ts';
import type { JournalWriter } from '../model/ports.ts';

/** Milliseconds: short enough to look live to somebody who follows, long enough that a thousand tasks cost a few writes. */
const flushAfter = 50;
/** Milliseconds between two reports on one task's progress. */
const progressAfter = 200;

/**
 * JSON Lines below `folder`, a file a run: a head, then entries. Nothing is written before something happens, so that a
 * run that finds all up to date leaves no journal. What cannot be written is left out, since the run itself matters more.
 */
export function openJournal(folder: string, head: JournalHead, now: () => number): JournalWriter {
  const path = pathOf(folder, head.run);
  const reported = new Map<TaskName, number>();
  let lines: string[] = [JSON.stringify(head)];
  let hasHappened = false;
  let timer: NodeJS.Timeout | undefined;
  let flushed = Promise.resolve();

  const taken = (): string => {
    const text = `${lines.join('\n')}\n`;
    lines = [];
    return text;
  };
  const flush = () => {
    timer = undefined;
    const text = taken();
    flushed = flushed.then(() => appendFile(path, text)).catch(() => {});
  };
  const begin = () => {
    hasHappened = true;
    mkdirSync(folder, { recursive: true });
  };

  return {
    write: (event) => {
      const at = now();
      if (event.kind === 'progress') {
        const isFinal = event.done >= event.total;
        if (!isFinal && at - (reported.get(event.task) ?? 0) < progressAfter) return;
        reported.set(event.task, at);
      }
      lines.push(JSON.stringify({ at, event } satisfies JournalEntry));
      if (!hasHappened && isQuiet(event)) return;
      try {
        if (!hasHappened) begin();
      } catch {
        return;
      }
      timer ??= setTimeout(flush, flushAfter);
    },
    close: async (keys) => {
      clearTimeout(timer);
      await flushed;
      if (!hasHappened) return;
      if (keys !== undefined) lines.push(JSON.stringify({ keys } satisfies JournalEnd));
      try {
        appendFileSync(path, taken());
      } catch {
        // As above.
      }
    },
  };
}

function isQuiet(event: RunEvent): boolean {
  if (event.kind === 'run-finished') return event.summary.outcome === 'done';
  return event.kind === 'run-started' || event.kind === 'notice' || (event.kind === 'reused' && !event.restored);
}

/** Runs with a journal, newest first. */
export function listJournals(folder: string): RunId[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : []));
  return names.sort().reverse() as RunId[];
}

/** Undefined where the run left none. */
export function readJournal(folder: string, run: RunId): RunJournal | undefined {
  const path = pathOf(folder, run);
  if (!existsSync(path)) return undefined;
  const [head, ...lines] = readFileSync(path, 'utf8').split('\n').flatMap(parseLine);
  if (head === undefined) return undefined;
  const entries = lines.filter((line): line is JournalEntry => 'event' in line);
  const end = lines.find((line): line is JournalEnd => 'keys' in line);
  return { head: head as unknown as JournalHead, entries, ...(end ? { end } : {}) };
}

/** None where a kill cut it. */
export function parseLine(line: string): object[] {
  try {
    return line === '' ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}

export const ending = '.jsonl';

export function pathOf(folder: string, run: RunId): string {
  return join(folder, `${run}${ending}`);
}
