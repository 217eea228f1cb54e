/** Lines of records and journals that nothing can come of any more: their files are written anew without them. */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest, RunId } from '../model/names.ts';
import type { Pile } from '../model/upkeep.ts';
import { namesIn, readAllRecords } from './census.ts';
import { segmentName } from './commits.ts';
import { pruneDropped } from './dropped.ts';
import { ending, parseLine } from './journals.ts';
import { namedObjects } from './owners.ts';
import type { StoreParts } from './parts.ts';
import { keptFor } from './piles.ts';
import { createSegment, type Entry, lineOf, readSegment } from './segment.ts';

export interface ShrinkRequest {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Other runs that go on. */
  readonly living: readonly RunId[];
  /** Objects that are about to be dropped. */
  readonly gone: ReadonlySet<Digest>;
}

export interface Shrinking {
  readonly piles: readonly Pile[];
  readonly apply: () => Promise<void>;
}

export async function findShrinking(request: ShrinkRequest, parts: StoreParts): Promise<Shrinking> {
  // A run that goes on appends to its files, and reads those of others as far as it has not.
  const steps = request.living.length > 0 ? [] : [findInSegments(request, parts), findInJournals(request, parts)];
  const found = steps.flatMap((step) => step ?? []);
  return {
    piles: found.flatMap(({ pile }) => (pile.count > 0 ? [pile] : [])),
    apply: async () => {
      for (const { apply } of found) await apply();
      const named = namedObjects(readAllRecords(parts.layout), parts.readManifest);
      pruneDropped(parts.layout, (digest) => named.has(digest));
    },
  };
}

interface Step {
  readonly pile: Pile;
  readonly apply: () => Promise<void>;
}

/** Every start looks at each file of records. */
const manySegments = 100;
/** Of the records' bytes: less is not worth writing them anew. */
const worthwhile = 0.1;

/**
 * Records of tasks stay, since lineage tells of them for ever. Of items that which was made last stays as long as its
 * files are there; the others could only be made again. What stays of all runs becomes one file.
 */
function findInSegments({ gone }: ShrinkRequest, parts: StoreParts): Step | undefined {
  const { layout, objects, run, index } = parts;
  const names = namesIn(layout.records);
  const sizes = names.map((name) => statSync(join(layout.records, name)).size);
  const segments = names.map((name) => readSegment(join(layout.records, name), 0));
  // `flow verify` may find the lines in the index, which goes here.
  if (segments.some(({ damaged }) => damaged > 0)) return undefined;
  const entries = segments.flatMap((segment) => segment.entries);
  const newest = new Map(entries.map((entry) => [identityOf(entry), entry]));
  const isWhole = (entry: Entry) =>
    entry.kind === 'task' ||
    entry.record.result.kind !== 'made' ||
    Object.values(entry.record.result.outputs).every(({ digest }) => !gone.has(digest) && objects.has(digest));
  const staying = entries.filter((entry) => newest.get(identityOf(entry)) === entry && isWhole(entry));
  const before = sizes.reduce((sum, size) => sum + size, 0);
  const bytes = before - staying.reduce((sum, entry) => sum + Buffer.byteLength(lineOf(entry)), 0);
  const count = entries.length - staying.length;
  if (bytes <= before * worthwhile && names.length <= manySegments) return undefined;
  return {
    pile: { kind: 'record', name: 'records/', count, bytes, seconds: 0 },
    apply: async () => {
      const written = objects.temporary();
      const segment = createSegment(written);
      for (let at = 0; at < staying.length; at += entriesAtOnce) {
        segment.append(staying.slice(at, at + entriesAtOnce), at + entriesAtOnce >= staying.length);
      }
      segment.close();
      // A kill from here on leaves records in two files, which are entered once, and found as needless the next time.
      if (existsSync(written)) renameSync(written, join(layout.records, segmentName(run)));
      for (const name of names) rmSync(join(layout.records, name), { force: true });
      await index.close();
      for (const end of ['', '-wal', '-shm']) rmSync(layout.index + end, { force: true });
    },
  };
}

const entriesAtOnce = 10_000;

function identityOf({ kind, record }: Entry): string {
  return kind === 'item' ? `item ${record.key}` : `task ${record.key} ${record.startedAt} ${record.task}`;
}

/** How far a task had come at each moment is of use while it runs, and some days later to nobody. */
function findInJournals({ at }: ShrinkRequest, { layout, objects }: StoreParts): Step | undefined {
  const texts = new Map<string, string>();
  let count = 0;
  let bytes = 0;
  for (const name of namesIn(layout.journals)) {
    const path = join(layout.journals, name);
    if (!name.endsWith(ending) || at - statSync(path).mtimeMs < keptFor) continue;
    const lines = readFileSync(path, 'utf8').split('\n');
    const staying = lines.filter((line) => !isProgress(line));
    if (staying.length === lines.length) continue;
    const text = staying.join('\n');
    texts.set(path, text);
    count += lines.length - staying.length;
    bytes += statSync(path).size - Buffer.byteLength(text);
  }
  if (count === 0) return undefined;
  return {
    pile: { kind: 'journal', name: 'journals/', count, bytes, seconds: 0 },
    apply: async () => {
      for (const [path, text] of texts) {
        const written = objects.temporary();
        writeFileSync(written, text);
        renameSync(written, path);
      }
    },
  };
}

function isProgress(line: string): boolean {
  if (!line.includes('"progress"')) return false;
  return parseLine(line).some((entry) => 'event' in entry && Object(entry.event).kind === 'progress');
}
