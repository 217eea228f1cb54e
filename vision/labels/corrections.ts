import { type Turn, turns } from '../images/pixels.ts';
import { hintAt } from './nearest.ts';
import { type Row, readTable, type Table } from './table.ts';

/** What a person says of a photo; absent: as it is. */
export interface Correction {
  readonly photo: string;
  readonly label?: string;
  readonly drop: boolean;
  readonly turn?: Turn;
}

export interface Known {
  readonly photos: ReadonlySet<string>;
  readonly classes: readonly string[];
}

/**
 * Reads `photo,label,turn`, which only a person writes: a class, `drop` or nothing; clockwise degrees or nothing.
 * Throws every mistake at once, each with its line and the nearest name.
 */
export async function readCorrections(path: string, known: Known): Promise<Map<string, Correction>> {
  const table = await readTable(path, ['photo', 'label', 'turn']);
  const corrections = new Map<string, Correction>();
  const mistakes: string[] = [];
  for (const row of table.rows) {
    const found = mistakesIn(row, known);
    const photo = row.get('photo').trim();
    if (corrections.has(photo)) found.push(`photo '${photo}' has a row already; put both into one.`);
    if (found.length === 0) corrections.set(photo, correctionIn(row));
    mistakes.push(...found.map((mistake) => `${placeOf(table, row)}: ${mistake}`));
  }
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return corrections;
}

function placeOf(table: Table, row: Row): string {
  return `${table.path}:${row.line}`;
}

function mistakesIn(row: Row, { photos, classes }: Known): string[] {
  const mistakes: string[] = [];
  const photo = row.get('photo').trim();
  const label = row.get('label').trim();
  const turn = row.get('turn').trim();
  if (!photos.has(photo)) mistakes.push(`there is no photo '${photo}'.${hintAt(photo, photos)}`);
  if (label !== '' && label !== 'drop' && !classes.includes(label)) {
    const names = [...classes, 'drop'];
    mistakes.push(`'${label}' is no class; write ${names.join(', ')} or nothing.${hintAt(label, names)}`);
  }
  if (turn !== '' && !turns.some((known) => String(known) === turn)) {
    mistakes.push(`'${turn}' is no turn; write 0, 90, 180 or 270 (clockwise degrees) or nothing.`);
  }
  return mistakes;
}

function correctionIn(row: Row): Correction {
  const label = row.get('label').trim();
  const turn = row.get('turn').trim();
  return {
    photo: row.get('photo').trim(),
    drop: label === 'drop',
    ...(label !== '' && label !== 'drop' ? { label } : {}),
    ...(turn === '' ? {} : { turn: Number(turn) as Turn }),
  };
}
