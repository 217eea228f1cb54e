/** What a plan and its reasons say. */
import type { Change, Decision } from './decision.ts';
import type { JsonObject, StageName, TaskName } from './names.ts';
import type { ActionRecord } from './record.ts';
import type { PipelineSettings } from './spec.ts';

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
  /** That record's, defaults filled in; absent where it had none. */
  readonly parameters?: JsonObject;
  /** Settings of the run that made that record, and those of now, where they differ. */
  readonly settings?: { readonly before: PipelineSettings; readonly after: PipelineSettings };
}
