/** Warm workers, by the thread count and the variables that they were started with. */
import type { ChildKind } from './environment.ts';
import type { Surroundings } from './surroundings.ts';
import type { Trace } from './trace.ts';
import { startWorker, type Worker } from './worker-process.ts';

export interface Pool {
  /**
   * `memory` is the job's limit in bytes, which a worker that is large already would meet too soon. One that is watched is
   * always a new one, since a warm one has read much already; whoever took it does not give it back as a healthy one.
   */
  readonly take: (kind: ChildKind, memory: number | undefined, trace: Trace | undefined) => Worker;
  /**
   * Starts a worker for whoever takes one of this kind next. With a bundle, those of this kind that are idle import it, and
   * one is started only where none is.
   */
  readonly warm: (kind: ChildKind, bundle?: string) => void;
  /** A worker whose job failed or was stopped is not used again: parts of the job may still be going on in it. */
  readonly giveBack: (worker: Worker, healthy: boolean) => void;
  readonly close: () => Promise<void>;
}

/** An idle worker with TensorFlow in it holds memory that other jobs may need. */
const idleMilliseconds = 10_000;
/** A worker that has grown beyond this is not kept; bytes. */
const largestKept = 1_000_000_000;

/** Equal for kinds that are equal; cheaper than to compare them, since a worker is taken once a task. */
function nameOf({ threads, environment }: ChildKind): string {
  return JSON.stringify([threads, Object.entries(environment).sort()]);
}

export function createPool(surroundings: Surroundings): Pool {
  const all = new Set<Worker>();
  /** The one that became idle last stands at the end. */
  let idle: { readonly worker: Worker; readonly name: string; readonly timer: NodeJS.Timeout }[] = [];

  const leaveIdle = (worker: Worker) => {
    for (const one of idle) if (one.worker === worker) clearTimeout(one.timer);
    idle = idle.filter((one) => one.worker !== worker);
  };
  const drop = (worker: Worker) => {
    leaveIdle(worker);
    worker.kill();
  };
  const start = (kind: ChildKind, trace: Trace | undefined) => {
    const oldest = idle[0];
    if (all.size >= surroundings.options.poolSize && oldest) drop(oldest.worker);
    const worker = startWorker(kind, surroundings, trace);
    all.add(worker);
    worker.ended.then(() => {
      all.delete(worker);
      leaveIdle(worker);
    });
    return worker;
  };

  const rest = (worker: Worker) => {
    const timer = setTimeout(() => drop(worker), idleMilliseconds).unref();
    idle.push({ worker, name: nameOf(worker.kind), timer });
  };

  return {
    warm: (kind, bundle) => {
      const wanted = nameOf(kind);
      const ready = idle.flatMap(({ worker, name }) => (name === wanted ? [worker] : []));
      if (bundle === undefined || ready.length === 0) {
        ready.push(start(kind, undefined));
        rest(ready.at(-1) as Worker);
      }
      if (bundle !== undefined) for (const worker of ready) worker.send({ kind: 'import', bundle });
    },
    take: (kind, memory, trace) => {
      if (trace) return start(kind, trace);
      const wanted = nameOf(kind);
      const fits = idle.findLast(
        ({ worker, name }) =>
          worker.isAlive() && name === wanted && (memory === undefined || worker.memory() < memory / 4),
      );
      if (fits === undefined) return start(kind, undefined);
      leaveIdle(fits.worker);
      return fits.worker;
    },
    giveBack: (worker, healthy) => {
      if (!worker.isAlive()) return;
      if (!healthy || worker.memory() > largestKept) drop(worker);
      else rest(worker);
    },
    close: async () => {
      const workers = [...all];
      for (const worker of workers) drop(worker);
      await Promise.all(workers.map((worker) => worker.ended));
    },
  };
}
