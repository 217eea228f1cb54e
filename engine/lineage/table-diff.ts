import type { Json, JsonObject } from '../model/names.ts';
import type { RowChanges } from '../model/provenance.ts';

/** Rows of two tables by the column that identifies them; of several rows with one name they go in their order. */
export function compareTables(before: readonly JsonObject[], after: readonly JsonObject[], column: string): RowChanges {
  const old = byName(before, column);
  const added: JsonObject[] = [];
  const changed: { before: JsonObject; after: JsonObject }[] = [];
  let same = 0;
  for (const [name, row] of byName(after, column)) {
    const former = old.get(name);
    old.delete(name);
    if (former === undefined) added.push(row);
    else if (JSON.stringify(former) === JSON.stringify(row)) same += 1;
    else changed.push({ before: former, after: row });
  }
  return { column, added, removed: [...old.values()], changed, same };
}

function byName(rows: readonly JsonObject[], column: string): Map<string, JsonObject> {
  const named = new Map<string, JsonObject>();
  const counts = new Map<Json | undefined, number>();
  for (const row of rows) {
    const count = counts.get(row[column]) ?? 0;
    counts.set(row[column], count + 1);
    named.set(`${row[column]} ${count}`, row);
  }
  return named;
}
