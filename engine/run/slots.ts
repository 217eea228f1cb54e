import type { Resources } from '../model/spec.ts';
import type { TaskNode } from '../model/task.ts';
import { type Capacity, createBudget } from './budget.ts';

/** What a task that begins may use. */
export interface Slot {
  /** Workers, of `resources.cpu` each. */
  readonly workers: number;
  /** Cores that it holds in all. */
  readonly cpu: number;
}

/** A task that is made ready, and then runs. */
export interface Seat {
  /** Waits for a core, and gives the same slot at every call; undefined where the run was stopped before. */
  readonly begin: () => Promise<Slot | undefined>;
  /** Gives back all that it holds; a second call does nothing. */
  readonly leave: () => void;
}

export interface Slots {
  /** Whether one more task may be made ready. */
  readonly isOpen: () => boolean;
  /** Undefined where the task would have to wait for something beside a core: memory, a GPU or a lock. */
  readonly take: (task: TaskNode) => Seat | undefined;
}

export interface SlotsOptions {
  readonly capacity: Capacity;
  readonly signal: AbortSignal;
  /** Called when one more task may be made ready. */
  readonly opened: () => void;
}

/**
 * Makes tasks ready before a core is free for them, as many ahead as there are cores: a short command would otherwise
 * wait, on a core that nobody uses, for its claim and its folder. What a task needs beside cores it holds from the start, so
 * that whoever waits for a core waits for nothing else, and whoever has one waits for nobody.
 */
export function createSlots({ capacity, signal, opened }: SlotsOptions): Slots {
  const budget = createBudget(capacity);
  let ready: (() => boolean)[] = [];
  let unbegun = 0;

  const serve = () => {
    const before = unbegun;
    ready = ready.filter((tryToBegin) => !tryToBegin());
    if (unbegun < before) opened();
  };
  signal.addEventListener('abort', serve, { once: true });

  return {
    isOpen: () => unbegun < budget.freeCpu() + capacity.cpu,
    take({ resources, each }) {
      const held: Resources[] = [{ ...resources, cpu: 0 }];
      if (!budget.take(held[0] as Resources)) return undefined;
      unbegun += 1;
      let slot: Promise<Slot | undefined> | undefined;
      let hasBegun = false;
      const count = () => {
        if (!hasBegun) unbegun -= 1;
        hasBegun = true;
      };
      const hold = (demand: Resources) => budget.take(demand) && held.push(demand) > 0;
      const begin = (resolve: (slot: Slot | undefined) => void) => () => {
        if (!signal.aborted && !hold({ cpu: resources.cpu, memory: 0, gpu: 0, locks: [] })) return false;
        count();
        if (signal.aborted) resolve(undefined);
        else {
          // Items spread over what is free now; what becomes ready meanwhile waits for a free slot.
          if (each) while (hold({ ...resources, locks: [] }));
          const workers = held.length - 1;
          resolve({ workers, cpu: workers * Math.min(resources.cpu, capacity.cpu) });
        }
        return true;
      };
      return {
        begin: () => {
          slot ??= new Promise((resolve) => {
            ready.push(begin(resolve));
            serve();
          });
          return slot;
        },
        leave: () => {
          if (held.length === 0) return;
          count();
          held.splice(0).forEach(budget.give);
          serve();
          opened();
        },
      };
    },
  };
}
