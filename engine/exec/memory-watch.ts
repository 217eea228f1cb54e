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
/** What has not lasted for so many milliseconds has mostly ended before anybody hears of its size. */
const short = 100;
/** A machine with a thousand processes is looked at less often: at most a fiftieth of the time. */
const dearest = 50;

export function createMemoryWatch(): MemoryWatch {
  /** With when it was added. */
  const watched = new Map<Watched, number>();
  let scheduled = false;
  let took = 0;

  const schedule = () => {
    if (scheduled || watched.size === 0) return;
    scheduled = true;
    setTimeout(look, Math.max(milliseconds, took * dearest)).unref();
  };
  const look = async () => {
    const started = performance.now();
    // Where all are short commands, nobody is looked at.
    const lasting = [...watched].flatMap(([one, since]) => (started - since >= short ? [one] : []));
    const groups = new Set(lasting.flatMap((one) => one.groups()));
    const bytes = groups.size === 0 ? new Map<number, number>() : await measureGroups(groups);
    for (const one of lasting) {
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
      watched.set(one, performance.now());
      schedule();
      return () => watched.delete(one);
    },
  };
}
