import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { replaceText } from '../../../engine/engine.ts';
import type { Desk } from '../desk.ts';
import { readBody } from '../read-body.ts';
import { readTable } from '../read-table.ts';
import { json, Refusal, type Route } from '../request.ts';

interface Correction {
  readonly photo: string;
  /** A class, `drop`, or nothing for as it is. */
  readonly label: string;
  /** Clockwise degrees, or nothing. */
  readonly turn: string;
}

const columns = ['photo', 'label', 'turn'];

/** What is corrected so far: the file as it is now, whatever the last run was given; an empty table where there is none. */
export const corrected: Route = {
  method: 'GET',
  pattern: '/api/corrections',
  answer: async (_, desk) => {
    const path = await placeOf(desk);
    const absolute = path === undefined ? undefined : resolve(desk.root, path);
    const isThere = absolute !== undefined && existsSync(absolute) && readFileSync(absolute, 'utf8').trim() !== '';
    return json(isThere ? readTable(absolute, path ?? '') : { columns, rows: [] });
  },
};

/** Writes what a person decided on one photo into corrections.csv; all other lines stay as they are. */
export const corrections: Route = {
  method: 'POST',
  pattern: '/api/corrections',
  answer: async (request, desk) => {
    const asked = await readBody<Correction>(request.body, (z) =>
      z.strictObject({
        photo: z.string().min(1),
        label: z.string(),
        turn: z.enum(['', '0', '90', '180', '270']),
      }),
    );
    const path = await placeOf(desk);
    if (path === undefined) throw new Refusal(409, 'No stage of this pipeline reads a corrections.csv.');
    replaceText(resolve(desk.root, path), (text) => withCorrection(text, asked));
    return json({ path });
  },
};

async function placeOf(desk: Desk): Promise<string | undefined> {
  const { tasks } = await (await desk.project()).structure();
  return tasks.flatMap(({ sources }) => sources).find((source) => /(^|\/)corrections\.csv$/.test(source));
}

/** A row of the same photo is replaced by what is decided now, but for what this decision says nothing of. */
function withCorrection(text: string | undefined, { photo, label, turn }: Correction): string {
  if (text === undefined || text.trim() === '') return stringify([columns, [photo, label, turn]]);
  const [head = [], ...rows] = parse(text, { bom: true, relaxColumnCount: true }) as string[][];
  const missing = columns.filter((column) => !head.includes(column));
  if (missing.length > 0) throw new Refusal(409, `corrections.csv has no column ${missing.join(', ')}.`);
  const at = (column: string) => head.indexOf(column);
  const row = rows.find((one) => one[at('photo')]?.trim() === photo);
  if (row === undefined) {
    const added = head.map((column) => ({ photo, label, turn })[column] ?? '');
    return `${text.replace(/\n?$/, '\n')}${stringify([added])}`;
  }
  if (label !== '') row[at('label')] = label;
  if (turn !== '') row[at('turn')] = turn;
  return stringify([head, ...rows]);
}
