import type { OutputRecord } from '../model/artifact.ts';
import type { Failure } from '../model/event.ts';
import type { Executor, Job, JobListener } from '../model/job.ts';
import type { ActionKey, Digest, RunId } from '../model/names.ts';
import type { PathQuery } from '../model/ports.ts';
import type { ActionRecord, ItemTotals } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { inputTraces } from '../plan/material.ts';
import {
  countItems,
  describeItems,
  forgetLost,
  gatherItems,
  listAcceptances,
  listSkips,
  nothingTaken,
  planItems,
  takeOutput,
} from './items.ts';
import { type Assignment, describeJob, type Workshop } from './job.ts';
import { createItemKeeper } from './keep-items.ts';
import { keepListings } from './listings.ts';
import type { Slot } from './slots.ts';
import type { Watch } from './watch.ts';

export interface AttemptRequest {
  readonly assignment: Assignment;
  readonly key: ActionKey;
  readonly run: RunId;
  readonly attempt: number;
  /** Why those before it failed. */
  readonly earlier: readonly Failure[];
  /** Objects that were found damaged. */
  readonly distrusted: ReadonlySet<Digest>;
  /** The store lost some of this task's result, so that records of items may stand for nothing, too. */
  readonly lost: boolean;
  /** What artifacts/ shows of the task; its items need not be looked up one by one. */
  readonly last?: ActionRecord | undefined;
  /** Runs items anew although they are known. */
  readonly forced: boolean;
  /** Source files to look at again when the attempt is over. */
  readonly sources: readonly PathQuery[];
  /** What its items come from; each of them is looked at again when it is made, and its key rests on nothing else. */
  readonly itemSources: readonly PathQuery[];
  /** Which of these may no longer be what the decision saw. */
  readonly changed: (queries: readonly PathQuery[]) => Promise<readonly string[]>;
  readonly progress: JobListener['progress'];
  /** Waits until the task may run, or has its turn. */
  readonly begin: () => Promise<Slot | undefined>;
  /** Called when it does; told of how many items where it works item by item. */
  readonly began: (slot: Slot, items?: number) => void;
  /** Where it is there, what the task reads is watched. */
  readonly watch?: Watch;
  /** Called when the task's program has ended well and only the keeping of what it made is left. */
  readonly worked: () => void;
  readonly signal: AbortSignal;
}

export interface AttemptTools extends Workshop {
  readonly executor: Executor;
}

export type AttemptResult =
  | { readonly kind: 'made'; readonly record: ActionRecord }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly logFile?: string;
      /** What failed may have had no room for its work, nor its words any in the log. */
      readonly isDiskFull?: boolean;
    }
  /** Sources changed meanwhile: nothing was recorded. */
  | { readonly kind: 'outdated'; readonly paths: readonly string[] }
  /** The run was stopped before it began. */
  | { readonly kind: 'left' };

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
  const outdated = isStopped ? [] : await request.changed(request.sources);
  if (outdated.length > 0) return { kind: 'outdated', paths: outdated };
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

async function attemptItems(request: AttemptRequest, job: Job, tools: AttemptTools): Promise<AttemptResult> {
  const { assignment } = request;
  const { task } = assignment;
  const { distrusted, lost, forced, last } = request;
  // What was lost, or is not believed, is looked for among all items.
  const isWhole = !lost && !forced && distrusted.size === 0;
  const plan = await planItems({ assignment, distrusted, last: isWhole ? last : undefined }, tools);
  if (plan.kind === 'failed') return plan;
  if (lost) await forgetLost(plan.items, tools.store);
  const toMake = plan.items.filter((planned) => forced || planned.record === undefined);
  const list = await describeItems(toMake, assignment, job.folder, tools);
  await tools.store.makeFolders([...new Set(list.flatMap((item) => Object.values(item.outputs).map(parentOf)))]);
  const slot = await request.begin();
  if (slot === undefined) return { kind: 'left' };

  request.began(slot, toMake.length);
  const startedAt = tools.machine.now();
  const plannedById = new Map(toMake.map((planned) => [planned.item.id, planned]));
  const outputsById = new Map(list.map((item) => [item.id, item.outputs]));
  const stop = new AbortController();
  const keeper = createItemKeeper({
    store: tools.store,
    changed: request.changed,
    shared: request.sources,
    // What cannot be kept need not be made: a disk that is full, say.
    givenUp: () => stop.abort(),
  });
  let done = 0;
  const listener: JobListener = {
    ...reader(request),
    progress: () => {},
    item: (outcome) => {
      const planned = plannedById.get(outcome.id);
      if (planned) keeper.add({ planned, outcome, outputs: outputsById.get(outcome.id) ?? {} });
      done += 1;
      request.progress({ done, total: list.length, unit: task.each?.variable ?? 'item' });
    },
  };
  const takes = assignment.code?.takes;
  const items = { list, batch: task.stage.batch, ...(takes ? { takes } : {}) };
  const outcome =
    list.length === 0
      ? { ok: true as const, seconds: 0 }
      : await tools.executor.run(
          { ...job, items, workers: slot.workers },
          listener,
          AbortSignal.any([request.signal, stop.signal]),
        );
  const { made, seconds, failure } = await keeper.finish();
  // A source that went away makes a stage fail, which is then no fault of the stage.
  const isWell = outcome.ok && failure === undefined;
  const outdated = await request.changed(isWell ? request.sources : [...request.sources, ...request.itemSources]);
  if (outdated.length > 0) return { kind: 'outdated', paths: outdated };
  if (!outcome.ok) return failedJob(outcome.failure, job, tools);
  if (failure) return { kind: 'failed', failure, logFile: job.logFile };
  // What changed and changed back while it was read has no record, and must not be missing from the result.
  const unmade = plan.items.filter((planned) => planned.record === undefined);
  if (unmade.length > 0) return { kind: 'outdated', paths: unmade.map((planned) => planned.item.path) };
  const nothing = nothingTaken(assignment, plan);
  if (nothing) return { kind: 'failed', failure: nothing };

  const outputs = await gatherItems(task, plan, tools.store);
  const totals = countItems(plan, made);
  const accepted = listAcceptances(plan.items);
  const { peakMemory } = outcome as { peakMemory?: number };
  return keepRecord(request, job, tools, {
    startedAt,
    seconds,
    outputs,
    items: totals,
    skips: listSkips(plan),
    ...(accepted.length > 0 ? { accepted } : {}),
    ...(peakMemory === undefined ? {} : { peakMemory }),
  });
}

/** Asked before what the attempt wrote is removed. */
async function failedJob(failure: Failure, { logFile }: Job, { store }: AttemptTools): Promise<AttemptResult> {
  return { kind: 'failed', failure, logFile, isDiskFull: await store.isFull() };
}

function reader({ watch }: AttemptRequest): Pick<JobListener, 'read'> {
  return watch ? { read: watch.read } : {};
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
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

async function keepRecord(request: AttemptRequest, job: Job, tools: AttemptTools, made: Made): Promise<AttemptResult> {
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
