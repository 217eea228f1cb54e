import type { ActionKey, StageName } from '../model/names.ts';
import type { ActionRecord, KeyMaterial, Steps } from '../model/record.ts';
import { type Database, sqliteCode } from './database.ts';
import { type AllValues, allValues, checkOf, damagedIndex, readValues } from './index-values.ts';

/**
 * What little `flow tries` asks of every record, the newest of each key. All of it is read at once, so that what repeats
 * is a number: the steps that a step was made from, the names of stages, and parameters, which are mostly equal from try to
 * try. A key that was only named so far has not started.
 */
export const stepTables = `
  CREATE TABLE steps (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE, started REAL, seconds REAL, stage INTEGER, parameters INTEGER, made TEXT
  );
  CREATE TABLE words (id INTEGER PRIMARY KEY, value TEXT UNIQUE, checked INTEGER);
`;

export function createStepWriter(database: Database): (record: ActionRecord, material: KeyMaterial) => void {
  const enterWord = database.prepare('INSERT INTO words (value, checked) VALUES (?, ?)');
  const enterStep = database.prepare('INSERT INTO steps (key) VALUES (?)');
  const numberOfWord = createNumbers(database, 'words', 'value', (word) => enterWord.run(word, checkOf(word)));
  const wordOf = (text: string) => numberOfWord(JSON.stringify(text));
  const stepOf = createNumbers(database, 'steps', 'key', (key) => enterStep.run(key));
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
function createNumbers(
  database: Database,
  table: string,
  column: string,
  enter: (value: string) => { readonly lastInsertRowid: number | bigint },
): (value: string) => number {
  const find = database.prepare(`SELECT CAST(id AS INTEGER) FROM ${table} WHERE ${column} = ?`).raw();
  return (value) => (find.get(value) as [number] | undefined)?.[0] ?? Number(enter(value).lastInsertRowid);
}

export function readSteps(database: Database): Steps {
  try {
    return stepsIn(database);
  } catch (error) {
    // Numbers have no check of their own: what they cannot mean tells.
    throw sqliteCode(error) === '' ? damagedIndex(error) : error;
  }
}

/** As a text a column, each parsed once: handing over a row costs more than reading it, and so does an object a row. */
function stepsIn(database: Database): Steps {
  const one = <Row>(sql: string) => database.prepare(sql).raw().get() as Row;
  const [wordIds, ...said] = one<[Uint8Array | null, ...AllValues]>(
    `SELECT CAST(group_concat(id, ',' ORDER BY id) AS BLOB), ${allValues('ORDER BY id')} FROM words`,
  );
  const words = readValues<string>(said);
  const wordAt = new Map(column<number>(wordIds).map((id, place) => [id, words[place]]));
  const wordOf = (id: number): string => {
    const word = wordAt.get(id);
    if (word === undefined) throw damagedIndex();
    return word;
  };
  const columns = ['id', `'"' || key || '"'`, 'seconds', 'stage', 'parameters', 'made'];
  const texts = one<(Uint8Array | null)[]>(
    `SELECT ${columns.map((name) => `CAST(group_concat(${name}) AS BLOB)`).join()} FROM steps WHERE started IS NOT NULL`,
  );
  const [ids, keys, seconds, stages, parameters, made] = texts.map(column) as [
    ...[number[], ActionKey[], number[], number[], number[], number[][]],
  ];
  const placeOf = new Map(ids.map((id, place) => [id, place]));
  return {
    ...{ keys, seconds },
    stages: stages.map((word) => wordOf(word) as StageName),
    parameters: parameters.map(wordOf),
    made: made.map((numbers) => numbers.map((id) => placeOf.get(id)).filter((place) => place !== undefined)),
  };
}

const column = <Value>(text: Uint8Array | null): Value[] => JSON.parse(`[${Buffer.from(text ?? []).toString()}]`);
