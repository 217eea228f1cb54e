/** `use:` stages that run once a task. */
import type { Failure } from '../model/event.ts';
import type { Job, JobItem, JobListener } from '../model/job.ts';
import { openLogFile } from './log-file.ts';
import type { Pool } from './pool.ts';
import type { Thrown, WorkOrder } from './protocol.ts';
import type { Supervision } from './supervision.ts';
import type { Surroundings } from './surroundings.ts';
import { type Trace, unwatched } from './trace.ts';
import { CannotStart, type Worker } from './worker-process.ts';

export interface ModuleJob {
  readonly job: Job;
  readonly listener: JobListener;
  readonly supervision: Supervision;
  readonly pool: Pool;
  readonly openTrace: Surroundings['openTrace'];
}

export interface ModuleOutcome {
  readonly failure?: Failure;
  /** Bytes. */
  readonly memory: number;
}

export function orderOf(job: Job): WorkOrder {
  if (job.action.kind !== 'module') throw new Error('The job has no module.');
  const { bundle, params } = job.action;
  return { bundle, params, matrix: job.matrix, inputs: job.inputs, threads: job.threads };
}

export function kindOf(job: Job): { threads: number; environment: Job['environment'] } {
  return { threads: job.threads, environment: job.environment };
}

export async function runModuleJob(request: ModuleJob): Promise<ModuleOutcome> {
  const { job, listener, supervision, pool } = request;
  const trace = request.openTrace(job, listener);
  const worker = pool.take(kindOf(job), job.memory, trace);
  const member = { group: worker.group, ask: () => worker.send({ kind: 'abort' }) };
  const log = openLogFile(job.logFile);
  const outcome = await new Promise<ModuleOutcome>((resolve) => {
    worker.serve({
      log,
      message: (message) => {
        if (message.kind === 'progress') listener.progress(message.report);
        else if (message.kind === 'done') resolve({ memory: message.memory });
        else if (message.kind === 'failed')
          resolve({ failure: describeThrown(message.thrown), memory: message.memory });
      },
      lost: (how) => resolve({ failure: { kind: 'worker-lost', message: describeLoss(how) }, memory: worker.memory() }),
    });
    const { outputs, checkpoint, seed } = job;
    worker.send({ kind: 'stage', order: orderOf(job), outputs, checkpoint, seed });
    supervision.add(member);
  });
  const failure = outcome.failure ?? (trace && judgeReadings(trace, worker, listener, []));
  await worker.dismiss();
  log.close();
  supervision.remove(member);
  pool.giveBack(worker, failure === undefined && supervision.reason() === undefined && trace === undefined);
  trace?.close();
  return { memory: outcome.memory, ...(failure === undefined ? {} : { failure }) };
}

/** What a worker read until its last message. */
export function judgeReadings(
  trace: Trace,
  { group }: Worker,
  listener: JobListener,
  items: readonly JobItem[],
): Failure | undefined {
  const readings = trace.readOf(group);
  return readings === undefined ? unwatched : listener.read?.(readings, items);
}

export function describeLoss(how: string): string {
  if (how === 'exit code 0')
    return 'The worker ended itself with exit code 0 in the middle; does something call process.exit?';
  if (how === 'signal SIGKILL')
    return 'The worker was killed by signal SIGKILL; the system does that when memory runs out.';
  return `The worker ended with ${how}.`;
}

/** What a job fails with that gets no worker; whatever else was thrown is a bug. */
export function describeRefusal(error: unknown): Failure {
  if (!(error instanceof CannotStart)) throw error;
  return { kind: 'worker-lost', message: error.message };
}

const diskFaults = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

export function describeThrown({ item, message, stack, code, path }: Thrown): Failure {
  if (code !== undefined && diskFaults.has(code))
    return { kind: 'disk', message, ...(path === undefined ? {} : { path }) };
  const trace = stack === undefined ? {} : { stack };
  return item === undefined ? { kind: 'threw', message, ...trace } : { kind: 'item', item, message, ...trace };
}
