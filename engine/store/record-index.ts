import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ActionKey, Json, TaskName } from '../model/names.ts';
import type { ActionRecord, ItemRecord, KeyMaterial } from '../model/record.ts';
import { type Database, openDatabase, sqliteCode } from './database.ts';
import { createRowWriter, schema } from './index-rows.ts';
import type { Layout } from './layout.ts';
import { type Appended, type Entry, readSegment } from './segment.ts';

/** Questions to the records. A cache: whatever happens to it, it is made again from the segments. */
export interface RecordIndex {
  /** The newest record of each key. */
  readonly find: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ActionRecord>>;
  readonly findItems: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ItemRecord>>;
  readonly materials: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, KeyMaterial>>;
  /** Newest first. */
  readonly history: (task?: TaskName) => Promise<readonly ActionRecord[]>;
  /** Enters what this process just appended to its own segment. */
  readonly enter: (segment: string, appended: Appended, entries: readonly Entry[]) => Promise<void>;
  /** Enters what other processes appended to theirs. */
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

/** Milliseconds that another process's transaction is waited for. */
const patience = 30_000;
const keysAtOnce = 5000;

export function createRecordIndex(layout: Layout, ownSegment: string): RecordIndex {
  let opened: Promise<Database> | undefined;

  const open = async (): Promise<Database> => {
    const database = await openDatabase(layout.index, patience);
    await prepare(database);
    refreshFrom(database, layout, ownSegment);
    return database;
  };

  /** A damaged index is thrown away and made again from the segments, once; more would hide a broken disk. */
  const withDatabase = async <T>(work: (database: Database) => T): Promise<T> => {
    try {
      opened ??= open();
      return work(await opened);
    } catch (error) {
      if (!/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(sqliteCode(error))) {
        if (opened !== undefined) await opened.catch(() => (opened = undefined));
        throw error;
      }
      await opened?.then((database) => database.close()).catch(() => {});
      for (const end of ['', '-wal', '-shm']) rmSync(layout.index + end, { force: true });
      opened = open();
      return work(await opened);
    }
  };

  const byKey = async <T>(keys: readonly ActionKey[], sql: string, read: (text: string, key: ActionKey) => T) => {
    const found = new Map<ActionKey, T>();
    if (keys.length === 0 || !existsSync(layout.records)) return found;
    await withDatabase((database) => {
      const statement = prepareOnce(database, sql);
      for (let at = 0; at < keys.length; at += keysAtOnce) {
        const rows = statement.all(JSON.stringify(keys.slice(at, at + keysAtOnce))) as [ActionKey, string][];
        for (const [key, text] of rows) found.set(key, read(text, key));
      }
    });
    return found;
  };

  const wanted = 'key IN (SELECT value FROM json_each(?))';
  return {
    find: (keys) =>
      byKey(keys, `SELECT key, value FROM records WHERE ${wanted} ORDER BY started, seq`, (text) => JSON.parse(text)),
    findItems: (keys) =>
      byKey(keys, `SELECT key, value FROM items WHERE ${wanted}`, (text, key) => ({ key, ...JSON.parse(text) })),
    materials: (keys) => byKey(keys, `SELECT key, value FROM materials WHERE ${wanted}`, (text) => JSON.parse(text)),
    history: async (task) => {
      if (!existsSync(layout.records)) return [];
      const order = 'ORDER BY started DESC, seq DESC';
      return withDatabase((database) => {
        const rows =
          task === undefined
            ? database.prepare(`SELECT value FROM records ${order}`).raw().all()
            : database.prepare(`SELECT value FROM records WHERE task = ? ${order}`).raw().all(task);
        return (rows as [string][]).map(([text]) => JSON.parse(text) as Json as unknown as ActionRecord);
      });
    },
    enter: (segment, appended, entries) =>
      withDatabase((database) => enterOwn({ database, layout, segment, appended, entries })),
    refresh: () => withDatabase((database) => refreshFrom(database, layout, ownSegment)),
    close: () => {
      opened?.then((database) => database.close()).catch(() => {});
      opened = undefined;
    },
  };
}

/** SQLite does not wait while another process is just switching the same file to its write-ahead log. */
async function prepare(database: Database): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      database.exec(schema);
      return;
    } catch (error) {
      if (!sqliteCode(error).startsWith('SQLITE_BUSY') || attempt === 100) throw error;
      await wait(20);
    }
  }
}

const statements = new WeakMap<Database, Map<string, ReturnType<Database['prepare']>>>();

/** Preparing costs more than asking for one key, and a run asks once a task. */
function prepareOnce(database: Database, sql: string) {
  const known = statements.get(database) ?? new Map<string, ReturnType<Database['prepare']>>();
  statements.set(database, known);
  const statement = known.get(sql) ?? database.prepare(sql).raw();
  known.set(sql, statement);
  return statement;
}

interface OwnEntries {
  readonly database: Database;
  readonly layout: Layout;
  readonly segment: string;
  readonly appended: Appended;
  readonly entries: readonly Entry[];
}

function enterOwn({ database, layout, segment, appended, entries }: OwnEntries): void {
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

/** The file of a run that has ended is read to its end and never looked at again. */
function refreshFrom(database: Database, layout: Layout, ownSegment: string): void {
  if (!existsSync(layout.records)) return;
  const writer = createRowWriter(database);
  const sealed = writer.sealed();
  for (const name of readdirSync(layout.records)) {
    if (sealed.has(name)) continue;
    const path = join(layout.records, name);
    const run = name.replace(/\.jsonl$/, '');
    // Asked before the file is read: what a run appends after its end cannot be.
    const hasEnded = name !== ownSegment && !existsSync(join(layout.runs, `${run}.lock`));
    if (!hasEnded && statSync(path).size === writer.progress(name).bytes) continue;
    writer.transaction(() => {
      const { entries, to } = readSegment(path, writer.progress(name).bytes);
      writer.write(entries);
      writer.setProgress(name, { bytes: to, sealed: hasEnded });
    });
  }
}
