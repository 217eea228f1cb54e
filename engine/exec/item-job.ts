/** `use:` stages with `each`: batches of items spread over workers. */
import type { Failure } from '../model/event.ts';
import type { ItemOutcome, JobItem } from '../model/job.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import {
  describeLoss,
  describeRefusal,
  describeThrown,
  judgeReadings,
  kindOf,
  type ModuleJob,
  type ModuleOutcome,
  orderOf,
} from './module-job.ts';
import type { FromWorker } from './protocol.ts';
import { shareOut } from './shares.ts';

type Batch = readonly JobItem[];

/** Seconds of work that are handed to a worker at once; a message to and fro costs a tenth of a millisecond. */
const handful = 0.05;
const mostBatches = 200;

export async function runItemJob(request: ModuleJob): Promise<ModuleOutcome> {
  const { job, supervision } = request;
  const batches = cut(job.items?.list ?? [], job.items?.batch ?? 1);
  const log = openLogFile(job.logFile);
  let secondsABatch = Number.POSITIVE_INFINITY;
  let failure: Failure | undefined;
  let memory = 0;
  const stops = new Set<() => void>();
  const workers = Math.max(1, Math.min(job.workers, batches.length));
  const shares = shareOut(batches, workers);

  /** Small at first and towards the end, so that no worker is left with much when the others have nothing. */
  const takeBatches = (worker: number): readonly Batch[] => {
    const fair = Math.ceil(shares.left() / (2 * workers));
    return shares.take(worker, Math.max(1, Math.min(fair, mostBatches, Math.floor(handful / secondsABatch))));
  };
  const fail = (fault: Failure) => {
    failure ??= fault;
    for (const stop of stops) stop();
  };
  const work = async (worker: number) => {
    if (batches.length === 0 || supervision.reason() !== undefined) return;
    let serving: ReturnType<typeof serve>;
    try {
      serving = serve(request, log);
    } catch (error) {
      // The other workers stop, too, before the attempt's folder goes.
      return fail(describeRefusal(error));
    }
    stops.add(serving.stop);
    let healthy = true;
    while (healthy && failure === undefined && supervision.reason() === undefined && shares.left() > 0) {
      const handed = takeBatches(worker);
      const started = performance.now();
      const answer = await serving.make(handed);
      memory = Math.max(memory, answer.memory);
      secondsABatch = (performance.now() - started) / 1000 / handed.length;
      if (answer.failure) fail(answer.failure);
      healthy = answer.failure === undefined;
    }
    stops.delete(serving.stop);
    await serving.end(healthy && supervision.reason() === undefined);
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  log.close();
  return { memory, ...(failure === undefined ? {} : { failure }) };
}

/** One worker for the length of the job; it keeps what the module's `load` gave. */
function serve({ job, listener, supervision, pool, openTrace }: ModuleJob, log: LogFile) {
  const trace = openTrace(job, listener);
  const worker = pool.take(kindOf(job), job.memory, trace);
  const member = { group: worker.group, ask: () => worker.send({ kind: 'abort' }) };
  let open = new Set<string>();
  let answer: (outcome: ModuleOutcome) => void = () => {};
  let handed: readonly JobItem[] = [];
  /** Of a worker that is watched: what it made, which is told when it is known what it read for it. */
  let held: ItemOutcome[] = [];
  const report = (outcomes: readonly ItemOutcome[]) => {
    for (const outcome of outcomes) {
      open.delete(outcome.id);
      if (trace) held.push(outcome);
      else listener.item(outcome);
    }
  };
  const end = (memory: number, thrown?: Failure) => {
    const fault = trace && judgeReadings(trace, worker, listener, handed);
    if (fault === undefined) for (const outcome of held) listener.item(outcome);
    held = [];
    const failure = thrown ?? fault;
    answer({ memory, ...(failure === undefined ? {} : { failure }) });
  };
  const message = (said: FromWorker) => {
    if (said.kind === 'outcomes') report(said.outcomes);
    else if (said.kind === 'done') end(said.memory);
    else if (said.kind === 'failed') end(said.memory, describeThrown(said.thrown));
  };
  let gone: string | undefined;
  const lost = (how: string) => {
    gone = how;
    const [first = ''] = open;
    const size = job.items?.batch ?? 1;
    const where = size === 1 ? `at item '${first}'` : `in the batch of up to ${size} that begins with item '${first}'`;
    const message = `${describeLoss(how)} It was ${where}.`;
    answer({ failure: { kind: 'worker-lost', message }, memory: worker.memory() });
  };
  worker.serve({ log, message, lost });
  worker.send({ kind: 'items', order: orderOf(job), ...(job.items?.takes ? { takes: job.items.takes } : {}) });
  supervision.add(member);
  return {
    make: (batches: readonly Batch[]) =>
      new Promise<ModuleOutcome>((resolve) => {
        handed = batches.flat();
        open = new Set(handed.map((item) => item.id));
        answer = resolve;
        if (gone !== undefined) lost(gone);
        else worker.send({ kind: 'batches', batches });
      }),
    stop: () => worker.send({ kind: 'enough' }),
    end: async (healthy: boolean) => {
      await worker.dismiss();
      supervision.remove(member);
      pool.giveBack(worker, healthy && trace === undefined);
      trace?.close();
    },
  };
}

function cut(items: readonly JobItem[], size: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}
