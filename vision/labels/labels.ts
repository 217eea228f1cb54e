import { type Turn, turns } from '../images/pixels.ts';
import { choiceIn, numberIn, type Row, readTable, shortNumber, type Table, writeTable } from './table.ts';

/** A photo of a training set: what it shows, and by how many clockwise degrees whoever opens it turns it. */
export interface Label {
  readonly photo: string;
  readonly label: string;
  readonly turn: Turn;
}

/** Reads `photo,label,turn`, in the order of the file. */
export async function readLabels(path: string): Promise<Label[]> {
  const table = await readTable(path, ['photo', 'label', 'turn']);
  return table.rows.map((row) => ({ photo: row.get('photo'), label: row.get('label'), turn: turnIn(table, row) }));
}

export async function writeLabels(path: string, labels: readonly Label[]): Promise<void> {
  const rows = labels.map(({ photo, label, turn }) => [photo, label, turn]);
  await writeTable(path, ['photo', 'label', 'turn'], rows);
}

/** A photo with a probability for each class. */
export interface SoftLabel {
  readonly photo: string;
  readonly turn: Turn;
  /** In the order of the table's classes; they add up to 1. */
  readonly probabilities: readonly number[];
}

export interface SoftLabels {
  readonly classes: readonly string[];
  readonly rows: readonly SoftLabel[];
}

/**
 * Reads soft labels (`photo,turn` and a column a class) or labels (`photo,label,turn`, as certain probabilities).
 * The classes of labels are those that occur, in byte order; those of soft labels are the columns, in their order.
 */
export async function readSoftLabels(path: string): Promise<SoftLabels> {
  const table = await readTable(path, ['photo', 'turn']);
  if (table.header.includes('label')) return hardened(await readLabels(path));
  const classes = table.header.filter((column) => column !== 'photo' && column !== 'turn');
  const rows = table.rows.map((row) => ({
    photo: row.get('photo'),
    turn: turnIn(table, row),
    probabilities: classes.map((name) => numberIn(table, row, name)),
  }));
  return { classes, rows };
}

export async function writeSoftLabels(path: string, { classes, rows }: SoftLabels): Promise<void> {
  const values = rows.map(({ photo, turn, probabilities }) => [photo, turn, ...probabilities.map(shortNumber)]);
  await writeTable(path, ['photo', 'turn', ...classes], values);
}

function hardened(labels: readonly Label[]): SoftLabels {
  const classes = classesOf(labels);
  const rows = labels.map(({ photo, label, turn }) => ({
    photo,
    turn,
    probabilities: classes.map((name) => (name === label ? 1 : 0)),
  }));
  return { classes, rows };
}

/** The classes that occur in labels, in byte order. */
export function classesOf(labels: readonly { readonly label: string }[]): string[] {
  return [...new Set(labels.map(({ label }) => label))].sort();
}

const turnNames = turns.map(String);

function turnIn(table: Table, row: Row): Turn {
  return Number(choiceIn(table, row, 'turn', turnNames)) as Turn;
}
