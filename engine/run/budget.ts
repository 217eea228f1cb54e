import type { Resources } from '../model/spec.ts';

export interface Capacity {
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpu: number;
}

/** What running tasks hold of the machine. */
export interface Budget {
  /** Whether the demand fits now, as it would hold it: a demand above the machine's size is cut to it, so that it can run at all. */
  readonly take: (demand: Resources) => boolean;
  readonly give: (demand: Resources) => void;
  readonly freeCpu: () => number;
}

export function createBudget(capacity: Capacity): Budget {
  const held = { cpu: 0, memory: 0, gpu: 0 };
  const locks = new Set<string>();
  const cut = (demand: Resources) => ({
    cpu: Math.min(demand.cpu, capacity.cpu),
    memory: Math.min(demand.memory, capacity.memory),
    gpu: Math.min(demand.gpu, capacity.gpu),
  });
  return {
    take(demand) {
      const { cpu, memory, gpu } = cut(demand);
      const fits =
        held.cpu + cpu <= capacity.cpu && held.memory + memory <= capacity.memory && held.gpu + gpu <= capacity.gpu;
      if (!fits || demand.locks.some((lock) => locks.has(lock))) return false;
      held.cpu += cpu;
      held.memory += memory;
      held.gpu += gpu;
      for (const lock of demand.locks) locks.add(lock);
      return true;
    },
    give(demand) {
      const { cpu, memory, gpu } = cut(demand);
      held.cpu -= cpu;
      held.memory -= memory;
      held.gpu -= gpu;
      for (const lock of demand.locks) locks.delete(lock);
    },
    freeCpu: () => capacity.cpu - held.cpu,
  };
}
