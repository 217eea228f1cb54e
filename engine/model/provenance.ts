/** Where one row came from, and what was made of an artifact: answers of engine.ts. */
import type { ActionKey, Digest, Json, JsonObject, Matrix, RunId, TaskName } from './names.ts';

/** A file of a folder or of an item; `value` where it is a small JSON file. */
export interface RowFile {
  /** Below its folder. */
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly value?: Json;
}

/** What one artifact holds of a row: a file, or rows of a table; where it holds nothing of it, only the digest of it all. */
export interface RowNode {
  /** Where it lies. */
  readonly artifact: string;
  readonly kind: 'source' | 'artifact';
  readonly file?: RowFile;
  readonly rows?: readonly JsonObject[];
  /** Other rows of the table that share a digest with them, such as near duplicates of one group. */
  readonly kin?: readonly JsonObject[];
  /** Digest of an artifact of which no part is the row's. */
  readonly whole?: Digest;
  readonly made?: {
    readonly task: TaskName;
    readonly out: string;
    readonly key: ActionKey;
    readonly run: RunId;
    readonly startedAt: number;
    readonly seconds: number;
    readonly matrix: Matrix;
  };
  /** Other outputs of the same task, or of the same item. */
  readonly beside?: readonly {
    readonly out: string;
    readonly digest: Digest;
    readonly bytes: number;
    readonly file?: RowFile;
  }[];
  /** By input name. */
  readonly inputs: readonly { readonly name: string; readonly node: RowNode }[];
}

export interface RowAnswer {
  readonly id: string;
  /** One for each output that was asked for and holds the row. */
  readonly nodes: readonly RowNode[];
  /** Rows of other outputs that name it in another column than their own. */
  readonly mentions: readonly { readonly task: TaskName; readonly out: string; readonly rows: readonly JsonObject[] }[];
}
