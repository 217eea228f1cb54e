/** What engine.ts offers to the command line, the page and other programs. */

import type { Change } from './decision.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { RunEvent } from './event.ts';
import type {
  ContentsAnswer,
  DoctorSection,
  LineageNode,
  RunNews,
  StatusAnswer,
  StructureAnswer,
} from './inspection.ts';
import type { RunJournal } from './journal.ts';
import type { ActionKey, Digest, TaskName } from './names.ts';
import type { PlanAnswer, PlanRequest, Price, WhyAnswer, WhyRequest } from './planning.ts';
import type { ClearedView } from './ports.ts';
import type { DiffAnswer, LogEntry, PastRun, RowAnswer, TriesAnswer } from './provenance.ts';
import type { SignedReceipt } from './receipt.ts';
import type { ActionRecord } from './record.ts';
import type { RestoreAnswer, RestoreRequest } from './restore.ts';
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
  /** Watches what tasks read, and tells what they do not declare; refused where nobody can. */
  readonly trace?: boolean;
  /** Asked once, before anything runs, where the price is above the threshold; without it such a run is refused. */
  readonly confirm?: (price: Price) => Promise<boolean>;
  /** The first abort lets running tasks be stopped and keeps what is finished. */
  readonly signal: AbortSignal;
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

export interface Project {
  /** Of the YAML and the graph; where one is an error, every call that needs the pipeline throws DiagnosticError. */
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
  /**
   * What was made from a source, now or in all of history, in the same form; of a file in a source folder in that of a row.
   * Undefined where the text means no source.
   */
  readonly lineageOfSource: (path: string, isWhole: boolean) => Promise<LineageNode | RowAnswer | undefined>;
  /** The way of one row, item or file of an artifact by its name. */
  readonly lineageOfRow: (artifact: string, id: string) => Promise<RowAnswer>;
  /** What was made from it: under `inputs` of each node stand those that read it and hold its name, too. */
  readonly lineageDownOfRow: (artifact: string, id: string) => Promise<RowAnswer>;
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
  /** Writes the parameters of a variant back into pipeline.yaml, so that the next run brings its artifacts back. */
  readonly restore: (request: RestoreRequest) => Promise<RestoreAnswer>;
  /** A proof of all outputs of a reference; signed where an Ed25519 private key (PEM) is given. */
  readonly receipt: (reference: string, privateKey?: string) => Promise<SignedReceipt>;
  readonly structure: () => Promise<StructureAnswer>;
  /** A reference, or a path below artifacts/, of what artifacts/ shows. */
  readonly contents: (artifact: string) => Promise<ContentsAnswer>;
  /** What the newest run said so far, then what it and later ones say, in any process, until the signal is aborted. */
  readonly follow: (signal: AbortSignal) => AsyncIterable<RunNews>;
  readonly status: () => Promise<StatusAnswer>;
  /** Removes artifacts/, never .flow/; gives what was removed. */
  readonly clean: () => Promise<ClearedView>;
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
