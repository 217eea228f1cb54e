import { setImmediate as breathe } from 'node:timers/promises';
import type { Failure } from '../model/event.ts';
import type { ItemOutcome } from '../model/job.ts';
import type { ActionKey } from '../model/names.ts';
import type { PathQuery, Store } from '../model/ports.ts';
import type { ItemRecord } from '../model/record.ts';
import type { AttemptRequest } from './attempt-request.ts';
import { keepItem, type PlannedItem } from './items.ts';

export interface FinishedItem {
  readonly planned: PlannedItem;
  readonly outcome: ItemOutcome;
  /** Output name to the absolute path that was written. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface KeptItems {
  readonly made: ReadonlySet<ActionKey>;
  /** Of work, the sum over what was made. */
  readonly seconds: number;
  readonly failure: Failure | undefined;
}

export interface ItemKeeper {
  readonly add: (finished: FinishedItem) => void;
  /** Waits until everything is kept; throws what went wrong with the store. */
  readonly finish: () => Promise<KeptItems>;
}

export interface KeeperTools {
  readonly store: Pick<Store, 'take' | 'commit'>;
  readonly changed: AttemptRequest['changed'];
  /** What every item reads beside its own file. */
  readonly shared: readonly PathQuery[];
  /** Told once, when nothing more can be kept. */
  readonly givenUp: () => void;
}

const mostAtOnce = 500;
/** Items of a group: meanwhile a worker that is done with its items waits for the next ones. */
const breathAfter = 20;
/** Milliseconds that a finished item waits for others: so much work can a kill cost. */
const patience = 50;

/**
 * Keeps finished items in groups: a commit, and the look whether sources have changed, cost the same for one item as for
 * hundreds.
 */
export function createItemKeeper({ store, changed, shared, givenUp }: KeeperTools): ItemKeeper {
  const waiting: FinishedItem[] = [];
  const made = new Set<ActionKey>();
  let seconds = 0;
  let failure: Failure | undefined;
  let fault: { readonly error: unknown } | undefined;
  let working: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const keepGroup = async (group: readonly FinishedItem[]) => {
    // What they read may have changed meanwhile; a result under the key of what it was would be wrong for ever.
    if (shared.length > 0 && (await changed(shared)).paths.length > 0) return;
    const outdated = await outdatedOf(group, changed);
    const records: ItemRecord[] = [];
    const kept: (readonly [PlannedItem, ItemRecord])[] = [];
    for (const [index, { planned, outcome, outputs }] of group.entries()) {
      if (index % breathAfter === 0) await breathe();
      if (outdated.has(planned.item.path)) continue;
      const record = await keepItem(planned, outcome, outputs, store);
      if ('result' in record) {
        records.push(record);
        kept.push([planned, record]);
      } else {
        failure ??= record;
      }
    }
    if (records.length > 0) await store.commit({ items: records });
    for (const [planned, record] of kept) {
      planned.record = record;
      made.add(record.key);
      seconds += record.seconds;
    }
  };

  const keepAll = async () => {
    try {
      while (waiting.length > 0 && fault === undefined) await keepGroup(waiting.splice(0, mostAtOnce));
    } catch (error) {
      fault = { error };
      givenUp();
    }
  };

  const start = () => {
    clearTimeout(timer);
    timer = undefined;
    // Set back behind the work, which ends at once where a group that was at hand took what this one was to keep.
    working ??= keepAll().finally(() => {
      working = undefined;
    });
  };

  return {
    add: (finished) => {
      waiting.push(finished);
      if (waiting.length >= mostAtOnce) start();
      else timer ??= setTimeout(start, patience);
    },
    finish: async () => {
      await working;
      start();
      await working;
      if (fault !== undefined) throw fault.error;
      return { made, seconds, failure };
    },
  };
}

async function outdatedOf(group: readonly FinishedItem[], changed: KeeperTools['changed']): Promise<Set<string>> {
  const paths = group.map(({ planned }) => planned.item.path);
  const found = new Set((await changed(paths.map((path) => ({ path, glob: false })))).paths);
  const known = new Set(paths);
  if ([...found].every((path) => known.has(path))) return found;
  // A folder was found changed as a whole: each item is asked for by itself.
  const outdated = new Set<string>();
  for (const path of paths) if ((await changed([{ path, glob: false }])).paths.length > 0) outdated.add(path);
  return outdated;
}
