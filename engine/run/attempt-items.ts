import type { Job, JobListener } from '../model/job.ts';
import type { AttemptRequest, AttemptResult, AttemptTools } from './attempt-request.ts';
import {
  countItems,
  describeItems,
  forgetLost,
  gatherItems,
  listAcceptances,
  listSkips,
  nothingTaken,
  planItems,
} from './items.ts';
import { parentOf } from './job.ts';
import { failedJob, keepRecord, reader } from './keep-attempt.ts';
import { createItemKeeper } from './keep-items.ts';

/** One attempt at an `each` task: the items that are not known are made, and its result is put together of all. */
export async function attemptItems(request: AttemptRequest, job: Job, tools: AttemptTools): Promise<AttemptResult> {
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
  if (outdated.paths.length > 0) return { kind: 'outdated', ...outdated };
  if (!outcome.ok) return failedJob(outcome.failure, job, tools);
  if (failure) return { kind: 'failed', failure, logFile: job.logFile };
  // What changed and changed back while it was read has no record, and must not be missing from the result.
  const unmade = plan.items.filter((planned) => planned.record === undefined);
  const paths = unmade.map((planned) => planned.item.path);
  if (paths.length > 0) return { kind: 'outdated', paths, fresh: paths };
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
