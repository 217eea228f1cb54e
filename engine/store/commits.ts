import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { RunId } from '../model/names.ts';
import type { Store } from '../model/ports.ts';
import type { ActionRecord } from '../model/record.ts';
import type { Layout } from './layout.ts';
import type { Objects } from './objects.ts';
import type { RecordIndex } from './record-index.ts';
import { createSegment, type Entry } from './segment.ts';

export interface CommitsOptions {
  readonly layout: Layout;
  readonly run: RunId;
  readonly objects: Objects;
  readonly index: RecordIndex;
  /** Awaited before the first line is written. */
  readonly begin: () => Promise<void>;
}

/** Seconds of work from which a batch is worth forcing onto the disk. */
const worthSyncing = 1;

export function segmentName(run: RunId): string {
  return `${run}.jsonl`;
}

/**
 * Group commit: what comes while a batch is being written goes with the next one. A kill costs nothing that was
 * committed, since the kernel holds it. A power cut may cost what took less than a second to make: forcing a thousand
 * small tasks onto the disk one by one would take longer than making them again; lines are checked, objects verified,
 * so that it never costs more than that.
 */
export function createCommits({ layout, run, objects, index, begin }: CommitsOptions) {
  const name = segmentName(run);
  const segment = createSegment(join(layout.records, name));
  let waiting: Entry[] = [];
  let next: Promise<void> | undefined;
  let current: Promise<void> = Promise.resolve();

  const write = async () => {
    // Whatever else finishes in this turn of the event loop comes along.
    await breathe();
    const entries = waiting;
    waiting = [];
    next = undefined;
    const costly = entries.flatMap((entry) =>
      entry.kind === 'task' && entry.record.seconds >= worthSyncing ? [entry.record] : [],
    );
    await objects.sync(costly.flatMap(outputDigests).filter((digest) => objects.has(digest)));
    const seconds = entries.reduce((sum, { record }) => sum + record.seconds, 0);
    const appended = segment.append(entries, seconds >= worthSyncing);
    await index.enter(appended, entries);
  };

  const commit: Store['commit'] = async ({ records = [], items = [] }) => {
    await begin();
    for (const { record, material } of records) waiting.push({ kind: 'task', record, material });
    for (const record of items) waiting.push({ kind: 'item', record });
    if (waiting.length === 0) return;
    if (next === undefined) {
      // A batch that failed fails for its own callers; the next one has its own try.
      next = current.catch(() => {}).then(write);
      current = next;
    }
    await next;
  };

  return {
    commit,
    close: async () => {
      await current.catch(() => {});
      segment.close();
    },
  };
}

function outputDigests(record: ActionRecord) {
  return Object.values(record.outputs).flatMap((output) => (output === null ? [] : [output.digest]));
}
