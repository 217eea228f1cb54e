/** The room's front: runs jobs as child processes or in warm workers. */
import { randomBytes } from 'node:crypto';
import type { Failure } from '../model/event.ts';
import type { Executor } from '../model/job.ts';
import { runCommandJob } from './command.ts';
import { runItemJob } from './item-job.ts';
import { createLauncher } from './launcher.ts';
import { createMemoryWatch } from './memory-watch.ts';
import { describeRefusal, runModuleJob } from './module-job.ts';
import { completeOptions, type ExecutorRequest } from './options.ts';
import { createPool } from './pool.ts';
import { signalGroup } from './processes.ts';
import { supervise } from './supervision.ts';
import type { Surroundings } from './surroundings.ts';
import { findWhyNoTrace, openTrace } from './trace.ts';

export type { ExecutorRequest } from './options.ts';
export { endOrphans } from './orphans.ts';

export function createExecutor(request: ExecutorRequest): Executor {
  const options = completeOptions(request);
  const groups = new Set<number>();
  const prefix = `${options.run}-${randomBytes(6).toString('hex')}`;
  let children = 0;
  let traces = 0;
  let whyNoTrace: ReturnType<typeof findWhyNoTrace> | undefined;
  const surroundings: Surroundings = {
    options,
    groups,
    nameChild: () => `${prefix}-${++children}`,
    launcher: createLauncher(options),
    watch: createMemoryWatch(),
    // Beside the attempt's folder, in which every name may be an output's.
    openTrace: ({ folder }, { read }) => read && openTrace(`${folder}.trace${++traces}`, options.root),
  };
  const pool = createPool(surroundings);
  const killAll = () => {
    for (const group of groups) signalGroup(group, 'SIGKILL');
  };
  // For process.exit and what was thrown; a signal must become an abort before (the command line does that), and after
  // kill -9 workers end by themselves and commands at the next start: see orphans.ts.
  process.on('exit', killAll);

  return {
    expect: (threads, bundle) => {
      try {
        pool.warm({ threads, environment: {} }, bundle);
      } catch (error) {
        // The job that comes to need it says so.
        describeRefusal(error);
      }
    },
    run: async (job, listener, signal) => {
      let started = performance.now();
      const supervision = supervise({
        ...(job.timeout === undefined ? {} : { timeout: job.timeout }),
        ...(job.memory === undefined ? {} : { memory: job.memory }),
        signal,
        graceSeconds: options.graceSeconds,
        watch: surroundings.watch,
      });
      const begin = () => {
        started = performance.now();
        supervision.begin();
        listener.began?.();
      };
      let failure: Failure | undefined;
      let memory = 0;
      let seconds: number | undefined;
      try {
        if (job.action.kind === 'command') {
          ({ failure, seconds } = await runCommandJob({ job, listener, supervision, surroundings, signal, begin }));
        } else if (supervision.reason() === undefined) {
          const run = job.items ? runItemJob : runModuleJob;
          begin();
          const order = { job, listener, supervision, pool, openTrace: surroundings.openTrace };
          ({ failure, memory } = await run(order).catch((error) => ({ failure: describeRefusal(error), memory: 0 })));
        }
      } finally {
        supervision.end();
      }
      const reason = supervision.reason() ?? failure;
      const peak = Math.max(memory, supervision.peak() ?? 0);
      seconds ??= (performance.now() - started) / 1000;
      const figures = { seconds, ...(peak > 0 ? { peakMemory: peak } : {}) };
      return reason === undefined ? { ok: true, ...figures } : { ok: false, ...figures, failure: reason };
    },
    cannotWatch: () => {
      whyNoTrace ??= findWhyNoTrace();
      return whyNoTrace;
    },
    close: async () => {
      killAll();
      surroundings.launcher.close();
      await pool.close();
      process.off('exit', killAll);
    },
  };
}
