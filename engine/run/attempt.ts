import type { OutputRecord } from '../model/artifact.ts';
import type { Job, JobListener } from '../model/job.ts';
import type { TaskNode } from '../model/task.ts';
import { attemptItems } from './attempt-items.ts';
import type { AttemptRequest, AttemptResult, AttemptTools } from './attempt-request.ts';
import { takeOutput } from './items.ts';
import { describeJob, parentOf } from './job.ts';
import { failedJob, keepRecord, reader } from './keep-attempt.ts';

/** Runs one task once, in a folder of its own, and records what it made under the key that was decided on. */
export async function attemptTask(request: AttemptRequest, tools: AttemptTools): Promise<AttemptResult> {
  const { assignment } = request;
  const folder = await tools.store.attemptFolder(assignment.task.name);
  try {
    const job = await describeJob(assignment, folder, tools);
    return assignment.task.each ? await attemptItems(request, job, tools) : await attemptWhole(request, job, tools);
  } finally {
    await tools.store.dropAttempt(folder);
  }
}

async function attemptWhole(request: AttemptRequest, job: Job, tools: AttemptTools): Promise<AttemptResult> {
  const { task } = request.assignment;
  await tools.store.makeFolders(foldersOf(task, job));
  const slot = await request.begin();
  if (slot === undefined) return { kind: 'left' };
  let startedAt: number | undefined;
  const listener: JobListener = {
    began: () => {
      startedAt = tools.machine.now();
      request.began(slot);
    },
    progress: request.progress,
    item: () => {},
    ...reader(request),
  };
  const { turn } = slot;
  const outcome = await tools.executor.run(turn ? { ...job, turn } : job, listener, request.signal);
  // Stopped before its turn came.
  if (startedAt === undefined) return { kind: 'left' };
  if (outcome.ok) request.worked();
  // A source that went away makes a task fail, which is then no fault of the task; who was stopped is not asked.
  const isStopped = !outcome.ok && outcome.failure.kind === 'interrupted';
  const outdated = isStopped ? undefined : await request.changed(request.sources);
  if (outdated && outdated.paths.length > 0) return { kind: 'outdated', ...outdated };
  if (!outcome.ok) return failedJob(outcome.failure, job, tools);

  const outputs: Record<string, OutputRecord | null> = {};
  for (const out of task.outs) {
    const kind = out.kind === 'folder' ? 'folder' : 'file';
    const taken = await takeOutput(tools.store, out.name, job.outputs[out.name] ?? '', kind);
    if (taken && 'kind' in taken) return { kind: 'failed', failure: taken, logFile: job.logFile };
    if (taken) {
      const count = taken.manifest?.entries.length;
      outputs[out.name] = { kind, digest: taken.digest, bytes: taken.bytes, ...(count === undefined ? {} : { count }) };
    } else if (out.optional) {
      outputs[out.name] = null;
    } else {
      return {
        kind: 'failed',
        failure: { kind: 'output-missing', out: out.name, path: out.path },
        logFile: job.logFile,
      };
    }
  }
  const { seconds, peakMemory } = outcome;
  return keepRecord(request, job, tools, {
    startedAt,
    seconds,
    outputs,
    ...(peakMemory === undefined ? {} : { peakMemory }),
  });
}

/** The folder of each file output, and each folder output itself; the attempt's own is there. */
function foldersOf(task: TaskNode, { folder, outputs }: Job): string[] {
  const folders = task.outs.map((out) => {
    const path = outputs[out.name] ?? '';
    return out.kind === 'folder' ? path : parentOf(path);
  });
  return [...new Set(folders)].filter((path) => path !== folder);
}
