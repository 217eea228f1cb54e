/** The messages between the engine and a worker; JSON over the IPC channel, one job at a time. */

import type { ItemOutcome, JobInput, JobItem, JobListener } from '../model/job.ts';
import type { JsonObject, Matrix } from '../model/names.ts';

export interface WorkOrder {
  readonly bundle: string;
  readonly params: JsonObject;
  readonly matrix: Matrix;
  readonly inputs: Readonly<Record<string, JobInput>>;
  readonly threads: number;
}

export type ProgressReport = Parameters<JobListener['progress']>[0];

export type ToWorker =
  /** A job of this bundle will probably follow. */
  | { readonly kind: 'import'; readonly bundle: string }
  | {
      readonly kind: 'stage';
      readonly order: WorkOrder;
      readonly outputs: Readonly<Record<string, string>>;
      readonly checkpoint: string;
      readonly seed: string;
    }
  /** Opens an item job; batches follow. */
  | { readonly kind: 'items'; readonly order: WorkOrder; readonly takes?: readonly string[] }
  | { readonly kind: 'batches'; readonly batches: readonly (readonly JobItem[])[] }
  /** Finish the batch at hand, leave the others. */
  | { readonly kind: 'enough' }
  /** Fires the module's signal. */
  | { readonly kind: 'abort' };

/** What was thrown, as far as JSON can carry it. */
export interface Thrown {
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly path?: string;
  /** The item that it was about. */
  readonly item?: string;
}

export type FromWorker =
  | { readonly kind: 'progress'; readonly report: ProgressReport }
  | { readonly kind: 'outcomes'; readonly outcomes: readonly ItemOutcome[] }
  /** A stage has run, or all batches that were handed over are finished. Bytes; the peak since the last such message. */
  | { readonly kind: 'done'; readonly memory: number }
  | { readonly kind: 'failed'; readonly thrown: Thrown; readonly memory: number };
