/** A stage of items inside a worker: types told, state loaded once, batches run, outcomes sent. */
import { rm } from 'node:fs/promises';
import type { ItemOutcome, JobItem } from '../model/job.ts';
import type { AnyStageModule, WorkItem } from '../stage.ts';
import { mediaTypeOf, typeByName, unknownType } from './media-type.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { seededRandom } from './random.ts';
import { createContext } from './worker-context.ts';

export interface ItemWork {
  readonly make: (batches: readonly (readonly JobItem[])[]) => Promise<void>;
  /** Leaves the batches after the one at hand. */
  readonly stop: () => void;
}

export interface ItemSurroundings {
  readonly load: () => Promise<AnyStageModule>;
  readonly signal: AbortSignal;
  readonly send: (message: FromWorker) => void;
}

/** Outcomes of quicker batches are sent together; milliseconds. */
const worthAMessage = 5;

export function openItemWork(message: ToWorker & { kind: 'items' }, surroundings: ItemSurroundings): ItemWork {
  const { signal, send } = surroundings;
  // Progress of an item stage is counted in items by the engine; a module's own would contradict it.
  const context = createContext({ order: message.order, signal, progress: () => {} });
  let loaded: ReturnType<typeof load> | undefined;
  let stopped = false;

  const load = async () => {
    const stage = await surroundings.load();
    if (stage.kind !== 'items') throw new Error('The stage runs once a task and takes no `each:`.');
    return { stage, state: await stage.load?.(context) };
  };

  const loading = () => {
    loaded ??= load();
    return loaded;
  };

  /** Gives the skipped ones with their reasons. */
  const runBatch = async (items: readonly JobItem[]): Promise<ReadonlyMap<string, string>> => {
    const { stage, state } = await loading();
    const skipped = new Map<string, string>();
    await stage.run({ ...context, state, items: items.map((item) => workItem(item, skipped)) });
    return skipped;
  };

  const makeItems = async (items: readonly JobItem[], report: (outcome: ItemOutcome) => void): Promise<void> => {
    const started = performance.now();
    const skipped = await runBatch(items);
    // A module that obeyed the signal may have left items undone.
    if (signal.aborted) return;
    const seconds = (performance.now() - started) / 1000 / items.length;
    for (const { id } of items) {
      const reason = skipped.get(id);
      report(reason === undefined ? { kind: 'made', id, seconds } : { kind: 'skipped', id, seconds, reason });
    }
  };

  const makeBatch = async (batch: readonly JobItem[], report: (outcome: ItemOutcome) => void): Promise<void> => {
    const taken: JobItem[] = [];
    for (const item of batch) {
      const type = message.takes && (await about(item, () => mediaTypeOf(item.path)));
      // What is named as a photo but shows no type is broken, and the module can say how.
      const seems = type === unknownType ? typeByName(item.id) : type;
      if (type === undefined || message.takes?.includes(seems ?? '')) taken.push(item);
      else report({ kind: 'ignored', id: item.id, type });
    }
    const [first] = taken;
    if (first === undefined) return;
    // Awaited by itself, so that a fault of the loading is no item's.
    await loading();
    if (taken.length === 1) return about(first, () => makeItems(taken, report));
    try {
      await makeItems(taken, report);
    } catch (error) {
      if (signal.aborted) throw error;
      await makeSingly(taken, report);
      const fault = error instanceof Error ? error.message : String(error);
      context.log(`A batch of ${taken.length} items failed and was then made item by item: ${fault}`);
    }
  };

  /** One item spoilt the batch: run alone, it names itself, and those before it are kept. */
  const makeSingly = async (batch: readonly JobItem[], report: (outcome: ItemOutcome) => void): Promise<void> => {
    for (const item of batch) {
      // What the first attempt wrote must not pass for the second's.
      await Promise.all(Object.values(item.outputs).map((path) => rm(path, { recursive: true, force: true })));
      await about(item, () => makeItems([item], report));
    }
  };

  return {
    stop: () => {
      stopped = true;
    },
    make: async (batches) => {
      let outcomes: ItemOutcome[] = [];
      let sent = performance.now();
      const flush = () => {
        if (outcomes.length > 0) send({ kind: 'outcomes', outcomes });
        outcomes = [];
        sent = performance.now();
      };
      try {
        for (const batch of batches) {
          if (stopped || signal.aborted) break;
          await makeBatch(batch, (outcome) => outcomes.push(outcome));
          if (performance.now() - sent > worthAMessage) flush();
        }
      } finally {
        flush();
      }
    },
  };
}

function workItem(item: JobItem, skipped: Map<string, string>): WorkItem<Record<string, never>> {
  let draw: (() => number) | undefined;
  return {
    id: item.id,
    path: item.path,
    digest: item.digest,
    outputs: item.outputs as Record<string, never>,
    // Most stages draw nothing, and a seed costs a digest.
    random: () => {
      draw ??= seededRandom(item.seed);
      return draw();
    },
    skip: (reason) => {
      skipped.set(item.id, reason);
    },
  };
}

/** Names the item on whatever is thrown. */
async function about<T>(item: JobItem, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const fault = error instanceof Error ? error : new Error(`Thrown: ${String(error)}`);
    throw Object.assign(fault, { item: item.id });
  }
}
