/** What engine.ts offers to the command line, the page and other programs. */
import type { OutputRecord } from './artifact.ts';
import type { Change, Decision } from './decision.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { RunEvent } from './event.ts';
import type { JournalLine, RunJournal } from './journal.ts';
import type { ActionKey, Digest, Json, JsonObject, Matrix, RunId, StageName, TaskName } from './names.ts';
import type { DiffAnswer, LogEntry, PastRun, RowAnswer, TriesAnswer } from './provenance.ts';
import type { SignedReceipt } from './receipt.ts';
import type { Acceptance, ActionRecord } from './record.ts';
import type { PipelineSettings } from './spec.ts';
import type { AuditAnswer, AuditRequest, GcAnswer, GcRequest, UpkeepProgress, VerifyAnswer } from './upkeep.ts';

export interface ProjectOptions {
  /** The folder that holds pipeline.yaml, absolute. */
  readonly root: string;
  /** Relative to the root; `pipeline.yaml` where it is not given. */
  readonly pipeline?: string;
  readonly settings: PipelineSettings;
}

export interface RunRequest {
  /** References of stages or tasks (`folds@2`, `predict`); empty means the pipeline's default. */
  readonly targets: readonly string[];
  /** Stages or tasks that run although their result is known. */
  readonly force: readonly string[];
  /** Stages or tasks whose last results are used as they are, whatever changed. */
  readonly keep?: readonly string[];
  /** Most tasks and workers at once; the machine's cores where it is not given. */
  readonly jobs?: number;
  readonly failFast: boolean;
  /** Asked once, before anything runs, where the price is above the threshold; without it such a run is refused. */
  readonly confirm?: (price: Price) => Promise<boolean>;
  /** The first abort lets running tasks be stopped and keeps what is finished. */
  readonly signal: AbortSignal;
}

/** What a run would do again although no data, parameter or wish asks for it. */
export interface Price {
  /** Of work, at most. */
  readonly seconds: number;
  /** From which a person is asked. */
  readonly threshold: number;
  /** Tasks whose code alone was edited, and those whose stored results are damaged. */
  readonly causes: readonly {
    readonly task: TaskName;
    readonly because: readonly Change[];
    readonly seconds: number;
  }[];
  /** What lies below: done again only where results turn out to be others, and counted as if they did. */
  readonly below: readonly TaskName[];
}

export interface PlannedTask {
  readonly task: TaskName;
  readonly stage: StageName;
  readonly decision: Decision;
  /**
   * From the history of the task or its stage, for one that waits as if it had to run on all it has; absent where nothing
   * like it ever ran. Of items the work of all, however many are made side by side.
   */
  readonly expectedSeconds?: number;
  /** The least and the most of the last runs that this is the median of. */
  readonly expectedRange?: readonly [number, number];
  /** Bytes that will be written below artifacts/, as far as history tells. */
  readonly expectedBytes?: number;
}

/** What a run would take on this machine. */
export interface PlanTotal {
  /** Wall time: if all that waits turns out to be known already, probably, and if all of it has to run. */
  readonly seconds: readonly [least: number, likely: number, most: number];
  /** The chain of tasks that no number of jobs makes shorter, and its seconds; of what runs and what waits. */
  readonly criticalPath: readonly TaskName[];
  readonly criticalSeconds: number;
  readonly bytes: number;
  /** Tasks that run or wait and of which nothing is known. */
  readonly unknown: number;
  readonly jobs: number;
}

export interface PlanAnswer {
  readonly tasks: readonly PlannedTask[];
  /** Not needed yet, but an `only` choice may ask for them. */
  readonly maybe: readonly TaskName[];
  readonly total: PlanTotal;
}

export interface PlanRequest {
  readonly targets: readonly string[];
  readonly force?: readonly string[];
  /** Stages or tasks whose last results are used as they are. */
  readonly keep?: readonly string[];
  /** As for a run. */
  readonly jobs?: number;
}

export interface WhyRequest {
  /** A task answers for itself, a matrix stage for all its tasks. */
  readonly reference: string;
  /** Compares with what a task had when this run ended, instead of with its last record. */
  readonly since?: string;
}

export interface WhyAnswer {
  readonly task: TaskName;
  readonly decision: Decision;
  /** Against the record that is compared with; empty where nothing changed. */
  readonly changes: readonly Change[];
  /** The record compared with: the task's last one, or the one that the run left. */
  readonly against?: ActionRecord;
  /** Settings of the run that made that record, and those of now, where they differ. */
  readonly settings?: { readonly before: PipelineSettings; readonly after: PipelineSettings };
}

export interface GetRequest {
  /** A reference, a path below artifacts/ (also of one file in a folder), or `RUN:REFERENCE`. */
  readonly artifact: string;
  /** Absolute. */
  readonly to: string;
  readonly overwrite: boolean;
}

export interface GetAnswer {
  readonly task: TaskName;
  readonly out: string;
  readonly key: ActionKey;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly digest: Digest;
  readonly bytes: number;
  readonly to: string;
  /** False where it lay there already. */
  readonly isWritten: boolean;
}

export interface AcceptAnswer {
  readonly because: string;
  readonly tasks: readonly AcceptedTask[];
}

export interface AcceptedTask {
  readonly task: TaskName;
  /** `known`: it needed no word; `items`: known items were accepted, and others remain to be made. */
  readonly kind: 'accepted' | 'items' | 'known';
  /** Leaves of the code that differ. */
  readonly changes: readonly Change[];
  /** The result under its new key. */
  readonly record?: ActionRecord;
  /** How many items were accepted. */
  readonly items?: number;
}

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

export interface Project {
  /** Of the YAML and the graph; where one is an error, every other call throws DiagnosticError. */
  readonly diagnostics: readonly Diagnostic[];
  /** Texts of the files that diagnostics name, for excerpts. */
  readonly sources: ReadonlyMap<string, string>;
  readonly run: (request: RunRequest) => AsyncIterable<RunEvent>;
  readonly plan: (request: PlanRequest) => Promise<PlanAnswer>;
  readonly why: (request: WhyRequest) => Promise<readonly WhyAnswer[]>;
  /** Binds the last results of stages or tasks to their present code; `because` is the reason, for ever. */
  readonly accept: (targets: readonly string[], because: string) => Promise<AcceptAnswer>;
  /** Writes an artifact that is known to a place of the caller's own; artifacts/ stays as it is. */
  readonly get: (request: GetRequest) => Promise<GetAnswer>;
  /** A reference, or a path below artifacts/. */
  readonly lineage: (artifact: string) => Promise<LineageNode>;
  /** What was made from it, in all of history: below each node, under `inputs`, stand those that read it. */
  readonly lineageDown: (artifact: string) => Promise<LineageNode>;
  /** The way of one row, item or file of an artifact by its name. */
  readonly lineageOfRow: (artifact: string, id: string) => Promise<RowAnswer>;
  /** Runs in which something happened, newest first. */
  readonly runs: (most: number) => Promise<readonly PastRun[]>;
  /** What a run said from its start to now, or to its end. */
  readonly journal: (run: string) => Promise<RunJournal>;
  /** What the tasks of a reference printed; without one the newest records, as many as `most`. */
  readonly log: (reference: string | undefined, most: number) => Promise<readonly LogEntry[]>;
  /** The bytes of a file artifact, or of one file of a folder. */
  readonly cat: (artifact: string) => Promise<Uint8Array>;
  /** Two runs, or two artifacts. */
  readonly diff: (before: string, after: string) => Promise<DiffAnswer>;
  /** Every variant that was computed, of the stages that are named, or of the last ones that have figures. */
  readonly tries: (references: readonly string[]) => Promise<TriesAnswer>;
  /** A proof of all outputs of a reference; signed where an Ed25519 private key (PEM) is given. */
  readonly receipt: (reference: string, privateKey?: string) => Promise<SignedReceipt>;
  readonly structure: () => Promise<StructureAnswer>;
  /** A reference, or a path below artifacts/, of what artifacts/ shows. */
  readonly contents: (artifact: string) => Promise<ContentsAnswer>;
  /** What the newest run said so far, then what it and later ones say, in any process, until the signal is aborted. */
  readonly follow: (signal: AbortSignal) => AsyncIterable<RunNews>;
  readonly status: () => Promise<StatusAnswer>;
  /** Removes artifacts/, never .flow/; gives what was removed. */
  readonly clean: () => Promise<{ readonly files: number; readonly bytes: number }>;
  readonly doctor: () => Promise<readonly DoctorSection[]>;
  /** Reads every object of the store; what is damaged leaves it, and what has a second copy is healed. */
  readonly verify: (progress?: UpkeepProgress) => Promise<VerifyAnswer>;
  /** Makes room in .flow/, or with `dryRun` says how. */
  readonly gc: (request: GcRequest) => Promise<GcAnswer>;
  /** Runs recorded tasks and items again and compares; records nothing, and shows nothing in artifacts/. */
  readonly audit: (request: AuditRequest) => Promise<AuditAnswer>;
  readonly close: () => Promise<void>;
}

/** `engine.ts` exports `openProject` of this type. */
export type OpenProject = (options: ProjectOptions) => Promise<Project>;
