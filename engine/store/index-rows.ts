import type { Database } from './database.ts';
import type { Entry } from './segment.ts';

/**
 * `synchronous` is off, since a power cut costs nothing but reading the segments again. Keys are primary keys of tables
 * without row numbers: one tree to search instead of two. A record is entered once, though two segments may hold it: where
 * `flow gc` was killed while it wrote several as one.
 */
export const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS segments (name TEXT PRIMARY KEY, bytes INTEGER, sealed INTEGER) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS records (seq INTEGER PRIMARY KEY, key TEXT, task TEXT, started REAL, value TEXT);
  CREATE UNIQUE INDEX IF NOT EXISTS records_once ON records (key, started, task);
  CREATE INDEX IF NOT EXISTS records_by_task ON records (task, started);
  CREATE TABLE IF NOT EXISTS materials (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
`;

export interface SegmentProgress {
  /** Up to where the segment's lines are in the index. */
  readonly bytes: number;
  readonly sealed: boolean;
}

export interface RowWriter {
  readonly write: (entries: readonly Entry[]) => void;
  readonly progress: (segment: string) => SegmentProgress;
  readonly setProgress: (segment: string, progress: SegmentProgress) => void;
  readonly sealed: () => ReadonlySet<string>;
  readonly transaction: (work: () => void) => void;
}

const writers = new WeakMap<Database, RowWriter>();

/** One a database, since preparing its statements costs more than running them once. */
export function createRowWriter(database: Database): RowWriter {
  const known = writers.get(database);
  if (known !== undefined) return known;
  const record = database.prepare('INSERT OR IGNORE INTO records (key, task, started, value) VALUES (?, ?, ?, ?)');
  const material = database.prepare('INSERT OR REPLACE INTO materials (key, value) VALUES (?, ?)');
  const item = database.prepare('INSERT OR REPLACE INTO items (key, value) VALUES (?, ?)');
  const progress = database.prepare('SELECT bytes, sealed FROM segments WHERE name = ?').raw();
  const setProgress = database.prepare('INSERT OR REPLACE INTO segments (name, bytes, sealed) VALUES (?, ?, ?)');
  const sealed = database.prepare('SELECT name FROM segments WHERE sealed = 1').raw();
  const writer: RowWriter = {
    write: (entries) => {
      for (const entry of entries) {
        if (entry.kind === 'item') {
          const { key, ...rest } = entry.record;
          item.run(key, JSON.stringify(rest));
        } else {
          const { key, task, startedAt } = entry.record;
          record.run(key, task, startedAt, JSON.stringify(entry.record));
          material.run(key, JSON.stringify(entry.material));
        }
      }
    },
    progress: (segment) => {
      const row = progress.get(segment) as [number, number] | undefined;
      return { bytes: row?.[0] ?? 0, sealed: row?.[1] === 1 };
    },
    setProgress: (segment, { bytes, sealed: isSealed }) => {
      setProgress.run(segment, bytes, isSealed ? 1 : 0);
    },
    sealed: () => new Set((sealed.all() as [string][]).map(([name]) => name)),
    transaction: (work) => {
      database.exec('BEGIN IMMEDIATE');
      try {
        work();
        database.exec('COMMIT');
      } catch (error) {
        if (database.inTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
  };
  writers.set(database, writer);
  return writer;
}
