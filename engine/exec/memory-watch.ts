/** One look at all processes serves every job that is being watched. */
import { measureGroups } from './processes.ts';

export interface Watched {
  readonly groups: () => readonly number[];
  /** Bytes of all its groups together. */
  readonly measured: (bytes: number) => void;
}

export interface MemoryWatch {
  /** Gives a function that ends the watching. */
  readonly add: (watched: Watched) => () => void;
}

const milliseconds = 250;
/** A machine with a thousand processes is looked at less often: at most a fiftieth of the time. */
const dearest = 50;

export function createMemoryWatch(): MemoryWatch {
  const watched = new Set<Watched>();
  let scheduled = false;
  let took = 0;

  const schedule = () => {
    if (scheduled || watched.size === 0) return;
    scheduled = true;
    setTimeout(look, Math.max(milliseconds, took * dearest)).unref();
  };
  const look = async () => {
    const started = performance.now();
    const groups = new Set([...watched].flatMap((one) => one.groups()));
    const bytes = await measureGroups(groups);
    for (const one of watched) {
      const sizes = one.groups().map((group) => bytes.get(group) ?? 0);
      const sum = sizes.reduce((total, size) => total + size, 0);
      if (sum > 0) one.measured(sum);
    }
    took = performance.now() - started;
    scheduled = false;
    schedule();
  };

  return {
    add: (one) => {
      watched.add(one);
      schedule();
      return () => watched.delete(one);
    },
  };
}
