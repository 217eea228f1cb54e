import type { ActionKey, StageName } from '../model/names.ts';
import type { ActionRecord, KeyMaterial, Steps } from '../model/record.ts';
import type { Database } from './database.ts';

/**
 * What little `flow tries` asks of every record, the newest of each key. All of it is read at once, so that what repeats
 * is a number: the steps that a step was made from, the names of stages, and parameters, which are mostly equal from try to
 * try. A key that was only named so far has not started.
 */
export const stepTables = `
  CREATE TABLE steps (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE, started REAL, seconds REAL, stage INTEGER, parameters INTEGER, made TEXT
  );
  CREATE TABLE words (id INTEGER PRIMARY KEY, value TEXT UNIQUE);
`;

export function createStepWriter(database: Database): (record: ActionRecord, material: KeyMaterial) => void {
  const wordOf = createNumbers(database, 'words', 'value');
  const stepOf = createNumbers(database, 'steps', 'key');
  const write = database.prepare(
    `UPDATE steps SET started = ?1, seconds = ?2, stage = ?3, parameters = ?4, made = ?5
     WHERE id = ?6 AND (started IS NULL OR started <= ?1)`,
  );
  return ({ key, stage, startedAt, seconds, inputs }, material) => {
    const parameters = JSON.stringify({ ...material.written?.variables, ...material.with });
    const made = new Set(inputs.flatMap((input) => input.made?.key ?? []));
    const numbers = JSON.stringify([...made].map(stepOf));
    write.run(startedAt, seconds, wordOf(stage), wordOf(parameters), numbers, stepOf(key));
  };
}

/** The number of the row with this value, which is entered where it is not there. */
function createNumbers(database: Database, table: string, column: string): (value: string) => number {
  const find = database.prepare(`SELECT id FROM ${table} WHERE ${column} = ?`).raw();
  const enter = database.prepare(`INSERT INTO ${table} (${column}) VALUES (?)`);
  return (value) => (find.get(value) as [number] | undefined)?.[0] ?? Number(enter.run(value).lastInsertRowid);
}

/** As a text a column, each parsed once: handing over a row costs more than reading it, and so does an object a row. */
export function readSteps(database: Database): Steps {
  const one = (sql: string) => database.prepare(sql).raw().get() as (string | null)[];
  const columns = <Columns extends readonly unknown[]>(texts: (string | null)[]) =>
    texts.map((text) => JSON.parse(`[${text ?? ''}]`)) as { [At in keyof Columns]: Columns[At][] };
  const [wordIds, words] = columns<[number, string]>(
    one('SELECT group_concat(id), group_concat(json_quote(value)) FROM words'),
  );
  const wordOf = new Map(wordIds.map((id, place) => [id, words[place] as string]));
  const [ids, keys, seconds, stages, parameters, made] = columns<[number, ActionKey, number, number, number, number[]]>(
    one(`SELECT group_concat(id), group_concat('"' || key || '"'), group_concat(seconds), group_concat(stage),
      group_concat(parameters), group_concat(made) FROM steps WHERE started IS NOT NULL`),
  );
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  return {
    ...{ keys, seconds },
    stages: stages.map((word) => wordOf.get(word) as StageName),
    parameters: parameters.map((word) => wordOf.get(word) as string),
    made: made.map((numbers) => numbers.map((id) => placeOf.get(id)).filter((place) => place !== undefined)),
  };
}
