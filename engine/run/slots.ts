import type { Turn } from '../model/job.ts';
import type { Resources } from '../model/spec.ts';
import type { TaskNode } from '../model/task.ts';
import { type Capacity, createBudget } from './budget.ts';

/** What a task that begins may use. */
export interface Slot {
  /** Workers, of `resources.cpu` each. */
  readonly workers: number;
  /** Cores that it holds in all. */
  readonly cpu: number;
  /** Where none is free yet. */
  readonly turn?: Turn;
}

/** A task that is made ready, and then runs. */
export interface Seat {
  /**
   * Waits for a core, or for one that it may take over; gives the same slot at every call; undefined where the run was
   * stopped before.
   */
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
  /** Whether a task's core is free as soon as its command has ended, so that another such task may take it over at once. */
  readonly passesOn: (task: TaskNode) => boolean;
}

/** A task that has been made ready. */
interface Entry {
  readonly task: TaskNode;
  readonly tryToBegin: () => boolean;
  /** Hands it over to begin behind another; false where it has been. */
  readonly follow: (other: Entry) => boolean;
  /** Who begins behind it. */
  follower?: Entry | undefined;
}

/**
 * Makes tasks ready before a core is free for them, as many ahead as there are cores: a short command would otherwise
 * wait, on a core that nobody uses, for its claim and its folder. What a task needs beside cores it holds from the start, so
 * that whoever waits for a core waits for nothing else, and whoever has one waits for nobody.
 *
 * Where it may be, a task that is ready is told whose core it takes over, so that between the two commands nobody has to
 * hear of the one and to say a word to the other. Should another core be free earlier, that one is its own.
 */
export function createSlots({ capacity, signal, opened, passesOn }: SlotsOptions): Slots {
  const budget = createBudget(capacity);
  let ready: Entry[] = [];
  const begun = new Set<Entry>();
  let unbegun = 0;
  const cores = ({ resources }: TaskNode) => Math.min(resources.cpu, capacity.cpu);

  const serve = () => {
    const before = unbegun;
    ready = ready.filter((entry) => !entry.tryToBegin());
    for (const entry of ready) {
      // Who cannot take a core over, and has waited longer than those behind it, has the next one.
      if (!passesOn(entry.task)) break;
      const isNext = (other: Entry) => other.follower === undefined && cores(other.task) === cores(entry.task);
      const other = [...begun].find(isNext);
      if (other && entry.follow(other)) other.follower = entry;
    }
    if (unbegun < before) opened();
  };
  signal.addEventListener('abort', serve, { once: true });

  return {
    isOpen: () => unbegun < budget.freeCpu() + capacity.cpu,
    take(task) {
      const { resources, each } = task;
      const held: Resources[] = [{ ...resources, cpu: 0 }];
      if (!budget.take(held[0] as Resources)) return undefined;
      unbegun += 1;
      let slot: Promise<Slot | undefined> | undefined;
      let give: (slot: Slot | undefined) => void = () => {};
      let freed: (() => void) | undefined;
      let ahead: Entry | undefined;
      let hasBegun = false;
      const count = () => {
        if (!hasBegun) unbegun -= 1;
        hasBegun = true;
        if (ahead?.follower === entry) ahead.follower = undefined;
      };
      const hold = (demand: Resources) => budget.take(demand) && held.push(demand) > 0;
      const entry: Entry = {
        task,
        tryToBegin: () => {
          if (!signal.aborted && !hold({ cpu: resources.cpu, memory: 0, gpu: 0, locks: [] })) return false;
          count();
          if (signal.aborted) {
            give(undefined);
            return true;
          }
          // Items spread over what is free now; what becomes ready meanwhile waits for a free slot.
          if (each) while (hold({ ...resources, locks: [] }));
          const workers = held.length - 1;
          if (passesOn(task)) begun.add(entry);
          if (freed) freed();
          else give({ workers, cpu: workers * cores(task) });
          return true;
        },
        follow: (other) => {
          if (freed) return false;
          ahead = other;
          const free = new Promise<void>((resolve) => {
            freed = resolve;
          });
          give({ workers: 1, cpu: cores(task), turn: { behind: other.task.name, free } });
          return true;
        },
      };
      return {
        begin: () => {
          slot ??= new Promise((resolve) => {
            give = resolve;
            ready.push(entry);
            serve();
          });
          return slot;
        },
        leave: () => {
          if (held.length === 0) return;
          count();
          held.splice(0).forEach(budget.give);
          ready = ready.filter((other) => other !== entry);
          begun.delete(entry);
          // Whoever takes this core over may have begun on it already.
          const { follower } = entry;
          if (follower?.tryToBegin()) ready = ready.filter((other) => other !== follower);
          serve();
          opened();
        },
      };
    },
  };
}
