import type { Turn } from '../images/pixels.ts';
import type { SoftLabels } from '../labels/labels.ts';
import type { PastedPhoto } from '../labels/sources.ts';
import type { Place } from '../labels/split.ts';

/** A photo that the network learns from or is judged by. */
export interface Example {
  /** Its id in every table. */
  readonly photo: string;
  readonly path: string;
  readonly turn: Turn;
  readonly origin: 'photo' | 'pasted';
  /** A probability for each class, in the order of the classes. */
  readonly target: readonly number[];
}

export interface FoldExamples {
  readonly train: readonly Example[];
  /** The fold's own photos: the model's out-of-fold predictions. */
  readonly validation: readonly Example[];
  /** The board's photos, which no fold trains on. */
  readonly board: readonly Example[];
}

export interface ExampleTables {
  /** All classes of the pipeline, in its order, with or without photos. */
  readonly classes: readonly string[];
  readonly fold: number;
  readonly labels: SoftLabels;
  readonly split: readonly Place[];
  /** From a photo's id to its file. */
  readonly paths: ReadonlyMap<string, string>;
  readonly pasted?: PastedExamples;
}

export interface PastedExamples {
  readonly sources: readonly PastedPhoto[];
  /** From a pasted photo's name to its file. */
  readonly pathOf: (photo: string) => string;
  /** The label's share of the target; the rest is spread over all classes. */
  readonly smoothing: number;
}

/**
 * Joins the tables to what one fold trains on, is validated by, and is scored on, each in the order of the split.
 * Throws a sentence where they do not fit together.
 */
export function gatherExamples({ classes, fold, labels, split, paths, pasted }: ExampleTables): FoldExamples {
  const strangers = labels.classes.filter((name) => !classes.includes(name));
  if (strangers.length > 0)
    throw new Error(`The labels hold the class '${strangers[0]}'; the stage's classes are ${classes.join(', ')}.`);
  const columns = classes.map((name) => labels.classes.indexOf(name));
  const rows = new Map(labels.rows.map((row) => [row.photo, row]));
  const found = (photo: string): Example => {
    const row = rows.get(photo);
    const path = paths.get(photo);
    if (!row) throw new Error(`The split names ${photo}, which the labels lack; both must come from the same run.`);
    if (!path) throw new Error(`The labels name ${photo}, which is not among the photos.`);
    const target = columns.map((column) => (column < 0 ? 0 : (row.probabilities[column] ?? 0)));
    return { photo, path, turn: row.turn, origin: 'photo', target };
  };
  const board = split.filter((place) => place.part === 'board');
  const folds = split.filter((place) => place.part === 'fold');
  const train = folds.filter((place) => place.fold !== fold).map(({ photo }) => found(photo));
  const allowed = new Set(train.map(({ photo }) => photo));
  if (train.length === 0)
    throw new Error(`No photo is left to train fold ${fold} on: all are its own or on the board.`);
  return {
    train: pasted ? [...train, ...pasteExamples({ classes, pasted, allowed })] : train,
    validation: folds.filter((place) => place.fold === fold).map(({ photo }) => found(photo)),
    board: board.map(({ photo }) => found(photo)),
  };
}

interface PasteRequest {
  readonly classes: readonly string[];
  readonly pasted: PastedExamples;
  /** The photos that this fold trains on: a pasted photo made of any other would give away what it is judged by. */
  readonly allowed: ReadonlySet<string>;
}

function pasteExamples({ classes, pasted, allowed }: PasteRequest): Example[] {
  const { sources, pathOf, smoothing } = pasted;
  return sources
    .filter(({ front, back }) => allowed.has(front) && allowed.has(back))
    .map(({ photo, label }) => {
      if (!classes.includes(label)) throw new Error(`The pasted photo ${photo} has the unknown class '${label}'.`);
      const spread = (1 - smoothing) / classes.length;
      const target = classes.map((name) => (name === label ? smoothing : 0) + spread);
      return { photo, path: pathOf(photo), turn: 0, origin: 'pasted' as const, target };
    });
}

/** The place of the most probable class of each example: what soft labels count as where they are scored. */
export function placesOf(examples: readonly Example[]): Int32Array {
  return Int32Array.from(examples, ({ target }) => target.indexOf(Math.max(...target)));
}
