/** What all attempts end with: a record of what was made, or why nothing was. */
import type { OutputRecord } from '../model/artifact.ts';
import type { Failure } from '../model/event.ts';
import type { Job, JobListener } from '../model/job.ts';
import type { ActionRecord, ItemTotals } from '../model/record.ts';
import { inputTraces } from '../plan/material.ts';
import type { AttemptRequest, AttemptResult, AttemptTools } from './attempt-request.ts';
import { keepListings } from './listings.ts';

/** Asked before what the attempt wrote is removed. */
export async function failedJob(failure: Failure, { logFile }: Job, { store }: AttemptTools): Promise<AttemptResult> {
  return { kind: 'failed', failure, logFile, isDiskFull: await store.isFull() };
}

export function reader({ watch }: AttemptRequest): Pick<JobListener, 'read'> {
  return watch ? { read: watch.read } : {};
}

interface Made {
  readonly startedAt: number;
  readonly seconds: number;
  readonly outputs: Readonly<Record<string, OutputRecord | null>>;
  readonly peakMemory?: number;
  readonly items?: ItemTotals;
  readonly skips?: ActionRecord['skips'];
  readonly accepted?: ActionRecord['accepted'];
}

export async function keepRecord(
  request: AttemptRequest,
  job: Job,
  tools: AttemptTools,
  made: Made,
): Promise<AttemptResult> {
  const { task, material, resolved } = request.assignment;
  const log = await tools.store.takeLog(job.logFile);
  const record: ActionRecord = {
    key: request.key,
    stage: task.stage.name,
    task: task.name,
    matrix: task.matrix,
    inputs: inputTraces(task, resolved),
    run: request.run,
    host: tools.machine.host,
    attempts: request.attempt,
    ...(request.earlier.length > 0 ? { earlier: request.earlier } : {}),
    deterministic: task.stage.deterministic,
    ...(request.watch ? { undeclared: request.watch.undeclared() } : {}),
    ...made,
    ...(log ? { log: log.digest } : {}),
  };
  await keepListings(resolved, tools);
  await tools.store.commit({ records: [{ record, material }] });
  return { kind: 'made', record };
}
