/** Where one row came from, and what was made of an artifact: answers of engine.ts. */
import type { Change, FileChanges } from './decision.ts';
import type { RunSummary } from './event.ts';
import type { Failure } from './failure.ts';
import type { ActionKey, Digest, Json, JsonObject, Matrix, RunId, StageName, TaskName } from './names.ts';
import type { Undeclared } from './record.ts';
import type { PipelineSettings } from './spec.ts';

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

/** A run in which something happened. */
export interface PastRun {
  readonly run: RunId;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly targets: readonly string[];
  readonly force: readonly string[];
  readonly settings: PipelineSettings;
  /** Absent while it goes on, and where it was killed. */
  readonly summary?: RunSummary;
  readonly isRunning: boolean;
}

/** One time that a task was made. */
export interface LogEntry {
  readonly task: TaskName;
  readonly run: RunId;
  readonly startedAt: number;
  readonly seconds: number;
  readonly key: ActionKey;
  /** Files that it read and does not declare; only where it was watched. */
  readonly undeclared?: Undeclared;
  /** Why the attempts before failed, oldest first. */
  readonly earlier?: readonly Failure[];
  /** What it printed; absent where only a list was asked for, or where the text is not kept any more. */
  readonly text?: string;
}

export interface MetricChange {
  /** `score.mAP`: output and dotted path. */
  readonly name: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface RowChanges {
  readonly column: string;
  readonly added: readonly JsonObject[];
  readonly removed: readonly JsonObject[];
  readonly changed: readonly { readonly before: JsonObject; readonly after: JsonObject }[];
  readonly same: number;
}

/** Two results of a task side by side. */
export interface ResultDiff {
  readonly before: { readonly task: TaskName; readonly run: RunId; readonly key: ActionKey; readonly seconds: number };
  readonly after: { readonly task: TaskName; readonly run: RunId; readonly key: ActionKey; readonly seconds: number };
  readonly changes: readonly Change[];
  readonly metrics: readonly MetricChange[];
  /** By output. */
  readonly outputs: readonly {
    readonly name: string;
    readonly isSame: boolean;
    readonly rows?: RowChanges;
    readonly files?: FileChanges;
  }[];
}

export interface DiffAnswer {
  /** Tasks whose keys differ, or the two artifacts that were named. */
  readonly results: readonly ResultDiff[];
  /** Of two runs: what only one of them had, and how many results they share. */
  readonly added: readonly TaskName[];
  readonly removed: readonly TaskName[];
  readonly same: number;
  readonly settings?: readonly [before: PipelineSettings, after: PipelineSettings];
}

/** One variant that was computed: a result with figures, and the parameters of all that went into it. */
export interface Try {
  /** The first digits of its key, as many as tell it from the others. */
  readonly name: string;
  readonly key: ActionKey;
  readonly task: TaskName;
  readonly run: RunId;
  readonly at: number;
  /** Work behind it, in seconds, whether it was done for this try or for an earlier one. */
  readonly seconds: number;
  /** Values of those parameters that are not the same in all tries, by `stage.parameter`. */
  readonly parameters: Readonly<Record<string, Json>>;
  /** By `output.path`. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** Whether pipeline.yaml asks for it now. */
  readonly isNow: boolean;
}

export interface TriesAnswer {
  readonly stages: readonly StageName[];
  /** Newest first. */
  readonly tries: readonly Try[];
}
