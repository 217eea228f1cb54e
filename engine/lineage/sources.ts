import type { Digest } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import { isGlob, splitGlob } from '../model/reference.ts';
import type { Consumer } from './consumers.ts';

/** A task that read a source, or a folder or glob that a file lies in. */
export interface Reader extends Consumer {
  /** Of all that the input named. */
  readonly digest: Digest;
  /** As the pipeline names it. */
  readonly source: string;
  /** The file's path in it; absent where all of it was asked for. */
  readonly file?: string;
}

/** Readers of a trimmed path: of this very source, of one below it, or of one that it may lie in. */
export function readersOf(wanted: string, records: readonly ActionRecord[]): readonly Reader[] {
  return records.flatMap((record) =>
    record.inputs.flatMap(({ input, path: source, digest, made }): Reader[] => {
      if (made) return [];
      const own = trimPath(source);
      const reader = { record, input, digest, source };
      if (own === wanted || own.startsWith(`${wanted}/`)) return [reader];
      const folder = isGlob(own) ? splitGlob(own).folder : `${own}/`;
      return wanted.startsWith(folder) ? [{ ...reader, file: wanted.slice(folder.length) }] : [];
    }),
  );
}

/** As paths are compared. */
export function trimPath(path: string): string {
  return path.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
}
