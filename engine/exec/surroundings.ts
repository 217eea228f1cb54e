import type { Job, JobListener } from '../model/job.ts';
import type { Launcher } from './launcher.ts';
import type { MemoryWatch } from './memory-watch.ts';
import type { ExecutorOptions } from './options.ts';
import type { Trace } from './trace.ts';

/** What the jobs of one executor share. */
export interface Surroundings {
  readonly options: ExecutorOptions;
  /** Process groups that live now; killed when the engine's process ends. */
  readonly groups: Set<number>;
  /** A name that no other child of any run has. */
  readonly nameChild: () => string;
  readonly launcher: Launcher;
  readonly watch: MemoryWatch;
  /** For one child of a job that is watched; undefined for any other. */
  readonly openTrace: (job: Job, listener: JobListener) => Trace | undefined;
}
