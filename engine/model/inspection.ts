/** What is there, where it lies and what it was made of. */
import type { OutputRecord } from './artifact.ts';
import type { Failure } from './failure.ts';
import type { JournalLine } from './journal.ts';
import type { ActionKey, Digest, Json, JsonObject, Matrix, RunId, StageName, TaskName } from './names.ts';
import type { Acceptance, Undeclared } from './record.ts';

/** One artifact with what it was made of; a tree in which equal tasks may stand more than once. */
export interface LineageNode {
  readonly artifact: string;
  readonly digest?: Digest;
  readonly kind: 'source' | 'artifact';
  readonly made?: {
    readonly task: TaskName;
    readonly key: ActionKey;
    readonly run: RunId;
    readonly startedAt: number;
    readonly seconds: number;
    readonly host: string;
    readonly with: JsonObject;
    readonly matrix: Matrix;
    readonly code: JsonObject;
    readonly platform: JsonObject;
    /** Why the attempts before failed, oldest first. */
    readonly earlier?: readonly Failure[];
    /** Files that it read and does not declare; only where it was watched. */
    readonly undeclared?: Undeclared;
    /** Oldest first. */
    readonly accepted?: readonly Acceptance[];
  };
  /** By input name. */
  readonly inputs: readonly {
    readonly name: string;
    readonly node: LineageNode;
    /** A person kept it by choice when this was made, whatever had changed above it. */
    readonly kept?: true;
  }[];
}

/** The pipeline as a graph. */
export interface StructureAnswer {
  readonly pipeline: string;
  /** References of what a run without targets makes. */
  readonly default: readonly string[];
  /** Each behind those it needs. */
  readonly tasks: readonly StructureTask[];
}

export interface StructureTask {
  readonly task: TaskName;
  readonly stage: StageName;
  readonly matrix: Matrix;
  /** The module, or `run` for a command. */
  readonly action: string;
  readonly isEach: boolean;
  readonly needs: readonly TaskName[];
  /** Paths and globs that it reads from outside of the pipeline. */
  readonly sources: readonly string[];
  /** What an `only` choice may ask for. */
  readonly mayNeed: readonly TaskName[];
  /** Cores that it holds while it runs; one with items takes more of them where they are free. */
  readonly cpu: number;
  readonly outs: readonly {
    readonly name: string;
    readonly kind: 'file' | 'folder' | 'items';
    /** Below artifacts/. */
    readonly view: string;
    /** The column, or `stem`, that identifies a row. */
    readonly rows?: string;
    /** Dotted paths of figures in a JSON output. */
    readonly metrics: readonly string[];
  }[];
}

/** The files of an artifact. */
export interface ContentsAnswer {
  readonly task: TaskName;
  readonly out: string;
  /** Below artifacts/. */
  readonly view: string;
  readonly kind: 'file' | 'folder' | 'items';
  readonly digest: Digest;
  /** Paths are relative to the view, and empty for a file; `id` is the item's, where the output is of items. */
  readonly entries: readonly { readonly path: string; readonly bytes: number; readonly id?: string }[];
}

/** A line of the journal of a run that somebody follows. */
export interface RunNews {
  readonly run: RunId;
  readonly line: JournalLine;
}

export interface TaskStatus {
  readonly task: TaskName;
  readonly run: RunId;
  readonly startedAt: number;
  readonly seconds: number;
  readonly outputs: Readonly<Record<string, OutputRecord | null>>;
  /** Whether the files in artifacts/ are the record's. */
  readonly inPlace: boolean;
  /** The last run showed it by a person's choice, whatever had changed above it. */
  readonly kept?: true;
}

export interface StatusAnswer {
  readonly pipeline: string;
  readonly tasks: readonly TaskStatus[];
  /** Tasks of the pipeline that artifacts/ shows nothing of. */
  readonly never: readonly TaskName[];
  /** Settings of the run that artifacts/ shows. */
  readonly settings?: {
    readonly profile?: string;
    readonly set: readonly { readonly path: string; readonly value: Json }[];
  };
  /** Bytes below .flow/. */
  readonly storeBytes: number;
}

export interface DoctorSection {
  readonly title: string;
  readonly lines: readonly { readonly level: 'ok' | 'note' | 'problem'; readonly text: string }[];
}
