import { setTimeout as wait } from 'node:timers/promises';
import { type Database, sqliteCode } from './database.ts';
import { createStepWriter, stepTables } from './index-steps.ts';
import { checkOf } from './index-values.ts';
import type { Entry } from './segment.ts';

/**
 * `synchronous` is off, since a power cut costs nothing but reading the segments again. Keys are primary keys of tables
 * without row numbers: one tree to search instead of two. A record is entered once, though two segments may hold it: where
 * `flow gc` was killed while it wrote several as one.
 */
const conduct = 'PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;';

/** Raised when the tables change: an index of another form is emptied, and filled again from the segments. */
const form = 4;

const tables = `
  CREATE TABLE segments (name TEXT PRIMARY KEY, bytes INTEGER, sealed INTEGER) WITHOUT ROWID;
  CREATE TABLE records (seq INTEGER PRIMARY KEY, key TEXT, task TEXT, started REAL, value TEXT, checked INTEGER);
  CREATE UNIQUE INDEX records_once ON records (key, started, task);
  CREATE INDEX records_by_task ON records (task, started);
  CREATE TABLE materials (key TEXT PRIMARY KEY, value TEXT, checked INTEGER) WITHOUT ROWID;
  CREATE TABLE items (key TEXT PRIMARY KEY, value TEXT, checked INTEGER) WITHOUT ROWID;
  CREATE TABLE texts (digest TEXT PRIMARY KEY, value TEXT, checked INTEGER) WITHOUT ROWID;
  ${stepTables}
`;

function prepareTables(database: Database): void {
  const version = database.prepare('PRAGMA user_version').raw();
  if ((version.get() as [number])[0] === form) return;
  inTransaction(database, () => {
    // Another process may have been quicker.
    if ((version.get() as [number])[0] === form) return;
    const names = ['segments', 'records', 'materials', 'items', 'texts', 'steps', 'words', 'parameters'];
    database.exec(names.map((name) => `DROP TABLE IF EXISTS ${name};`).join(''));
    database.exec(tables);
    database.exec(`PRAGMA user_version = ${form}`);
  });
}

/** SQLite does not wait while another process is just switching the same file to its write-ahead log. */
export async function prepare(database: Database): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      database.exec(conduct);
      prepareTables(database);
      return;
    } catch (error) {
      if (!sqliteCode(error).startsWith('SQLITE_BUSY') || attempt === 100) throw error;
      await wait(20);
    }
  }
}

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
  const record = database.prepare(
    'INSERT OR IGNORE INTO records (key, task, started, value, checked) VALUES (?, ?, ?, ?, ?)',
  );
  const material = database.prepare('INSERT OR REPLACE INTO materials (key, value, checked) VALUES (?, ?, ?)');
  const item = database.prepare('INSERT OR REPLACE INTO items (key, value, checked) VALUES (?, ?, ?)');
  const writeStep = createStepWriter(database);
  const progress = database
    .prepare('SELECT CAST(bytes AS INTEGER), CAST(sealed AS INTEGER) FROM segments WHERE name = ?')
    .raw();
  const setProgress = database.prepare('INSERT OR REPLACE INTO segments (name, bytes, sealed) VALUES (?, ?, ?)');
  const sealed = database.prepare('SELECT CAST(name AS BLOB) FROM segments WHERE sealed = 1').raw();
  const writer: RowWriter = {
    write: (entries) => {
      for (const entry of entries) {
        if (entry.kind === 'item') {
          const { key, ...rest } = entry.record;
          const value = JSON.stringify(rest);
          item.run(key, value, checkOf(value));
        } else {
          const { key, task, startedAt } = entry.record;
          const [value, made] = [JSON.stringify(entry.record), JSON.stringify(entry.material)];
          record.run(key, task, startedAt, value, checkOf(value));
          material.run(key, made, checkOf(made));
          writeStep(entry.record, entry.material);
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
    sealed: () => new Set((sealed.all() as [Uint8Array][]).map(([name]) => Buffer.from(name).toString())),
    transaction: (work) => inTransaction(database, work),
  };
  writers.set(database, writer);
  return writer;
}

export function inTransaction(database: Database, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
