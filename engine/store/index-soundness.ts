/** Whether the index is whole, and says what the records say: it is compared with one that is made from them alone. */
import { type Database, openDatabase } from './database.ts';
import { prepare } from './index-rows.ts';
import { refreshFrom } from './index-segments.ts';
import { type OneValue, oneValue, readValue } from './index-values.ts';
import type { Layout } from './layout.ts';

/** Milliseconds that another process's transaction is waited for. */
const patience = 30_000;

export async function saysWhatRecordsSay(layout: Layout): Promise<boolean> {
  // A task that another run records a second time in between makes a difference, but not twice.
  return (await agrees(layout)) || (await agrees(layout));
}

async function agrees(layout: Layout): Promise<boolean> {
  const fresh = await openDatabase(':memory:', patience);
  try {
    await prepare(fresh);
    refreshFrom(fresh, layout, '');
    const kept = await openDatabase(layout.index, patience);
    try {
      await prepare(kept);
      // Last, so that it knows at least what the other one does.
      refreshFrom(kept, layout, '');
      const [row] = kept.prepare('PRAGMA integrity_check(1)').raw().all() as [string][];
      if (row?.[0] !== 'ok' || !isReadable(kept)) return false;
    } finally {
      kept.close();
    }
    fresh.prepare('ATTACH ? AS kept').run(layout.index);
    return said.every((select) => isEmpty(fresh, `${select('main')} EXCEPT ${select('kept')}`));
  } catch {
    return false;
  } finally {
    fresh.close();
  }
}

function isReadable(kept: Database): boolean {
  for (const table of ['records', 'materials', 'items', 'texts', 'words']) {
    const rows = kept.prepare(`SELECT ${oneValue} FROM ${table}`).raw().iterate();
    for (const row of rows) readValue(row as OneValue);
  }
  return true;
}

function isEmpty(database: Database, select: string): boolean {
  return (database.prepare(`SELECT EXISTS (${select})`).raw().get() as [number])[0] === 0;
}

/**
 * What the records say, whatever the order in which they were entered. Several records of one key may say different things
 * of how they were made, of which the index keeps one: that one's check vouches for it. Not from SQLite's own indexes,
 * which repeat what answers read from the tables.
 */
const said: readonly ((database: string) => string)[] = [
  (database) => `SELECT key, task, started FROM ${database}.records NOT INDEXED`,
  (database) => `SELECT key FROM ${database}.materials`,
  (database) => `SELECT key FROM ${database}.items`,
  (database) => `SELECT key, started, seconds,
      (SELECT value FROM ${database}.words WHERE id = stage), (SELECT value FROM ${database}.words WHERE id = parameters),
      (SELECT json_group_array(maker.key) FROM json_each(steps.made) AS numbers
        CROSS JOIN ${database}.steps AS maker ON maker.id = numbers.value)
    FROM ${database}.steps WHERE started IS NOT NULL`,
];
