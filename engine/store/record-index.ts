import { accessSync, constants, existsSync, rmSync } from 'node:fs';
import type { ActionKey, Digest, TaskName } from '../model/names.ts';
import type { ActionRecord, ItemRecord, KeyMaterial, Steps } from '../model/record.ts';
import { type Database, openDatabase, sqliteCode } from './database.ts';
import { inTransaction, prepare } from './index-rows.ts';
import { createOthers, enterOwn, refreshFrom } from './index-segments.ts';
import { saysWhatRecordsSay } from './index-soundness.ts';
import { readSteps } from './index-steps.ts';
import { type AllValues, allValues, checkOf, type OneValue, oneValue, readValue, readValues } from './index-values.ts';
import type { Layout } from './layout.ts';
import type { Appended, Entry } from './segment.ts';

/** Questions to the records. A cache: whatever happens to it, it is made again from the segments. */
export interface RecordIndex {
  /** The newest record of each key. */
  readonly find: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ActionRecord>>;
  readonly findItems: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, ItemRecord>>;
  readonly materials: (keys: readonly ActionKey[]) => Promise<ReadonlyMap<ActionKey, KeyMaterial>>;
  /** Of every key that was ever made. */
  readonly steps: () => Promise<Steps>;
  /** What `keepTexts` was given of these. */
  readonly texts: (digests: readonly Digest[]) => Promise<ReadonlyMap<Digest, string>>;
  readonly keepTexts: (texts: ReadonlyMap<Digest, string>) => Promise<void>;
  /** Newest first, at most so many. */
  readonly history: (task?: TaskName, most?: number) => Promise<readonly ActionRecord[]>;
  /** What this process just appended to its own segment; it is entered when somebody asks, or when there is much of it. */
  readonly enter: (appended: Appended, entries: readonly Entry[]) => Promise<void>;
  /** Sees to it that what other processes have recorded is found. */
  readonly refresh: () => Promise<void>;
  /** Whether it is whole and says what the records say. */
  readonly isSound: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** Milliseconds that another process's transaction is waited for. */
const patience = 30_000;
const keysAtOnce = 5000;
/** Entries that are entered in one transaction. One a commit was rejected: it costs a small task more than its record does. */
const manyEntries = 2000;

export function createRecordIndex(layout: Layout, ownSegment: string): RecordIndex {
  let opened: Promise<Database> | undefined;
  let pending: { readonly appended: Appended; readonly entries: readonly Entry[] }[] = [];
  let pendingEntries = 0;
  /** Keys that were asked for in vain: a task asks when it is decided on and again when it holds its claim. */
  const absent = new Set<ActionKey>();
  /** Counts what was read from others: an answer from before says nothing of what came since. */
  let news = 0;
  let refreshing: Promise<void> | undefined;
  const others = createOthers(layout, ownSegment);

  const open = async (): Promise<Database> => {
    // Who may only read the store is answered all the same, from the segments.
    const database = await openDatabase(mayWrite(layout.folder) ? layout.index : ':memory:', patience);
    await prepare(database);
    refreshFrom(database, layout, ownSegment, pending.length > 0 ? ownSegment : undefined);
    return database;
  };

  /**
   * An index that is damaged, or another user's, is thrown away and made again from the segments, once; more would hide
   * a broken disk.
   */
  const withDatabase = async <T>(work: (database: Database) => T): Promise<T> => {
    try {
      opened ??= open();
      return work(enterPending(await opened));
    } catch (error) {
      if (!/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ|READONLY|CONSTRAINT|ERROR$)/.test(sqliteCode(error))) {
        if (opened !== undefined) await opened.catch(() => (opened = undefined));
        throw error;
      }
      await opened?.then((database) => database.close()).catch(() => {});
      for (const end of ['', '-wal', '-shm']) rmSync(layout.index + end, { force: true });
      opened = open();
      return work(enterPending(await opened));
    }
  };

  const enterPending = (database: Database): Database => {
    const [first, last] = [pending[0], pending.at(-1)];
    if (first === undefined || last === undefined) return database;
    const appended = { from: first.appended.from, to: last.appended.to };
    const entries = pending.flatMap((one) => one.entries);
    enterOwn({ database, layout, segment: ownSegment, appended, entries });
    pending = [];
    pendingEntries = 0;
    return database;
  };

  const byKey = async <Key extends string, Value>(keys: readonly Key[], sql: string) => {
    const found = new Map<Key, Value>();
    if (keys.length === 0 || !existsSync(layout.records)) return found;
    await withDatabase((database) => {
      const statement = prepareOnce(database, sql);
      for (let at = 0; at < keys.length; at += keysAtOnce) {
        const asked = JSON.stringify(keys.slice(at, at + keysAtOnce));
        const [names, ...values] = statement.get(asked) as [string, ...AllValues];
        const known: Key[] = JSON.parse(names);
        for (const [place, value] of readValues<Value>(values).entries()) found.set(known[place] as Key, value);
      }
    });
    return found;
  };

  const readOthers = async () => {
    try {
      await withDatabase((database) => refreshFrom(database, layout, ownSegment));
    } catch (error) {
      others.forget();
      throw error;
    } finally {
      news += 1;
      absent.clear();
    }
  };

  const among = (table: string, column = 'key', order = '') =>
    `SELECT json_group_array(${column} ${order}), ${allValues(order)} FROM ${table}
     WHERE ${column} IN (SELECT value FROM json_each(?))`;
  return {
    find: async (keys) => {
      const open = keys.filter((key) => !absent.has(key));
      const before = news;
      // Of several under one key the last one stays.
      const found = await byKey<ActionKey, ActionRecord>(open, among('records', 'key', 'ORDER BY started, seq'));
      if (before === news) for (const key of open) if (!found.has(key)) absent.add(key);
      return found;
    },
    findItems: async (keys) => {
      const found = await byKey<ActionKey, Omit<ItemRecord, 'key'>>(keys, among('items'));
      return new Map([...found].map(([key, rest]) => [key, { ...rest, key }]));
    },
    materials: (keys) => byKey<ActionKey, KeyMaterial>(keys, among('materials')),
    steps: async () => {
      if (!existsSync(layout.records)) return { keys: [], stages: [], seconds: [], parameters: [], made: [] };
      return withDatabase((database) => readSteps(database));
    },
    texts: (digests) => byKey<Digest, string>(digests, among('texts', 'digest')),
    keepTexts: async (texts) => {
      if (texts.size === 0) return;
      await withDatabase((database) => {
        const statement = database.prepare('INSERT OR IGNORE INTO texts (digest, value, checked) VALUES (?, ?, ?)');
        inTransaction(database, () => {
          for (const [digest, text] of texts) {
            const value = JSON.stringify(text);
            statement.run(digest, value, checkOf(value));
          }
        });
      });
    },
    history: async (task, most) => {
      if (!existsSync(layout.records)) return [];
      return withDatabase((database) => {
        const one = task === undefined ? '' : 'WHERE task = ?';
        // Not `LIMIT -1`, which sorts in another, slower way.
        const limit = most === undefined ? '' : 'LIMIT ?';
        const sql = `SELECT ${oneValue} FROM records ${one} ORDER BY started DESC, seq DESC ${limit}`;
        const given = [task, most].filter((value) => value !== undefined);
        return (prepareOnce(database, sql).all(given) as OneValue[]).map((row) => readValue<ActionRecord>(row));
      });
    },
    enter: async (appended, entries) => {
      for (const entry of entries) if (entry.kind === 'task') absent.delete(entry.record.key);
      pending.push({ appended, entries });
      pendingEntries += entries.length;
      if (pendingEntries >= manyEntries) await withDatabase(() => {});
    },
    refresh: async () => {
      // One that is under way has seen that others moved on, and not yet read what they recorded.
      while (refreshing !== undefined) await refreshing.catch(() => {});
      if (!others.moved()) return;
      refreshing = readOthers().finally(() => {
        refreshing = undefined;
      });
      await refreshing;
    },
    isSound: () => saysWhatRecordsSay(layout),
    close: async () => {
      // Whatever hinders this, the next start reads the segment.
      if (pending.length > 0) await withDatabase(() => {}).catch(() => {});
      await opened?.then((database) => database.close()).catch(() => {});
      opened = undefined;
    },
  };
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
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
