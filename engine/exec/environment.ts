import type { ExecutorOptions } from './options.ts';

/** What marks a child of a run, so that one that outlives the engine can be found: see orphans.ts. */
export const markers = { run: 'FLOW_RUN', root: 'FLOW_ROOT', child: 'FLOW_CHILD' } as const;

/**
 * The variables by which libraries learn how many threads are theirs. They must be there when a library is loaded;
 * TensorFlow and OpenMP read them once.
 */
function threadSettings(threads: number): Record<string, string> {
  const count = String(threads);
  return {
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: '1',
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    VIPS_CONCURRENCY: count,
    // Node's own pool also does file reads, and fewer than four would make those wait for each other.
    UV_THREADPOOL_SIZE: String(Math.max(4, threads)),
  };
}

export interface ChildKind {
  readonly threads: number;
  /** Variables that the stage declares. */
  readonly environment: Readonly<Record<string, string>>;
}

export function childEnvironment(kind: ChildKind, child: string, options: ExecutorOptions): Record<string, string> {
  return { ...options.environment, ...ownEnvironment(kind, child, options) };
}

/** What a child has beside what all inherit. `child` is a name that no other child of any run has. */
export function ownEnvironment(kind: ChildKind, child: string, options: ExecutorOptions): Record<string, string> {
  return {
    ...threadSettings(kind.threads),
    ...kind.environment,
    [markers.run]: options.run,
    [markers.root]: options.root,
    [markers.child]: child,
  };
}
