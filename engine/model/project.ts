/** What engine.ts offers to the command line, the page and other programs. */
import type { OutputRecord } from './artifact.ts';
import type { Change, Decision } from './decision.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { RunEvent } from './event.ts';
import type { ActionKey, Digest, Json, JsonObject, Matrix, RunId, StageName, TaskName } from './names.ts';
import type { ActionRecord } from './record.ts';
import type { PipelineSettings } from './spec.ts';

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
  /** Most tasks and workers at once; the machine's cores where it is not given. */
  readonly jobs?: number;
  readonly failFast: boolean;
  /** The first abort lets running tasks be stopped and keeps what is finished. */
  readonly signal: AbortSignal;
}

export interface PlannedTask {
  readonly task: TaskName;
  readonly stage: StageName;
  readonly decision: Decision;
  /** From the history of the task or its stage; absent where nothing like it ever ran. */
  readonly expectedSeconds?: number;
}

export interface PlanAnswer {
  readonly tasks: readonly PlannedTask[];
  /** Not needed yet, but an `only` choice may ask for them. */
  readonly maybe: readonly TaskName[];
}

export interface WhyAnswer {
  readonly task: TaskName;
  readonly decision: Decision;
  /** Against the record that is compared with; empty where nothing changed. */
  readonly changes: readonly Change[];
  /** The record compared with: the task's last one. */
  readonly against?: ActionRecord;
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
  };
  /** By input name. */
  readonly inputs: readonly { readonly name: string; readonly node: LineageNode }[];
}

export interface TaskStatus {
  readonly task: TaskName;
  readonly run: RunId;
  readonly startedAt: number;
  readonly seconds: number;
  readonly outputs: Readonly<Record<string, OutputRecord | null>>;
  /** Whether the files in artifacts/ are the record's. */
  readonly inPlace: boolean;
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
  readonly plan: (targets: readonly string[], force?: readonly string[]) => Promise<PlanAnswer>;
  /** A task answers for itself, a matrix stage for all its tasks. */
  readonly why: (reference: string) => Promise<readonly WhyAnswer[]>;
  /** A reference, or a path below artifacts/. */
  readonly lineage: (artifact: string) => Promise<LineageNode>;
  readonly status: () => Promise<StatusAnswer>;
  /** Removes artifacts/, never .flow/; gives what was removed. */
  readonly clean: () => Promise<{ readonly files: number; readonly bytes: number }>;
  readonly doctor: () => Promise<readonly DoctorSection[]>;
  readonly close: () => Promise<void>;
}

/** `engine.ts` exports `openProject` of this type. */
export type OpenProject = (options: ProjectOptions) => Promise<Project>;
