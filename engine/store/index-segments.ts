/** Entering the runs' segments into the index over them, and noticing that there is something to enter. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from './database.ts';
import { createRowWriter } from './index-rows.ts';
import type { Layout } from './layout.ts';
import { type Appended, type Entry, readSegment } from './segment.ts';

/** Whether other runs have recorded anything since the last time; by the sizes of their segments, without a database. */
export function createOthers(layout: Layout, ownSegment: string) {
  const sizes = new Map<string, number | undefined>();
  /** Of runs that have ended, whose segments do not change any more. */
  const over = new Set<string>([ownSegment]);
  return {
    forget: () => sizes.clear(),
    moved: (): boolean => {
      if (!existsSync(layout.records)) return false;
      let hasMoved = false;
      for (const name of readdirSync(layout.records)) {
        if (over.has(name)) continue;
        // Asked before the size is: what a run appends after its end cannot be.
        const hasEnded = isOver(layout, name);
        const size = statSync(join(layout.records, name), { throwIfNoEntry: false })?.size;
        if (sizes.get(name) !== size) hasMoved = true;
        else if (hasEnded) over.add(name);
        sizes.set(name, size);
      }
      return hasMoved;
    },
  };
}

function isOver(layout: Layout, segment: string): boolean {
  return !existsSync(join(layout.runs, `${segment.replace(/\.jsonl$/, '')}.lock`));
}

interface OwnEntries {
  readonly database: Database;
  readonly layout: Layout;
  readonly segment: string;
  readonly appended: Appended;
  readonly entries: readonly Entry[];
}

export function enterOwn({ database, layout, segment, appended, entries }: OwnEntries): void {
  const writer = createRowWriter(database);
  writer.transaction(() => {
    const known = writer.progress(segment).bytes;
    // Another process may have read these lines from the file already.
    if (known >= appended.to) return;
    if (known === appended.from) writer.write(entries);
    else writer.write(readSegment(join(layout.records, segment), known).entries);
    writer.setProgress(segment, { bytes: appended.to, sealed: false });
  });
}

/**
 * The file of a run that has ended is read to its end and never looked at again. `passOver` is a segment whose lines are
 * about to be entered from memory.
 */
export function refreshFrom(database: Database, layout: Layout, ownSegment: string, passOver?: string): void {
  if (!existsSync(layout.records)) return;
  const writer = createRowWriter(database);
  const sealed = writer.sealed();
  for (const name of readdirSync(layout.records)) {
    if (sealed.has(name) || name === passOver) continue;
    const path = join(layout.records, name);
    // Asked before the file is read: what a run appends after its end cannot be.
    const hasEnded = name !== ownSegment && isOver(layout, name);
    if (!hasEnded && statSync(path).size === writer.progress(name).bytes) continue;
    writer.transaction(() => {
      const { entries, to } = readSegment(path, writer.progress(name).bytes);
      writer.write(entries);
      writer.setProgress(name, { bytes: to, sealed: hasEnded });
    });
  }
}
