import type { Change } from '../model/decision.ts';
import type { TaskName } from '../model/names.ts';
import type { PlannedTask, Price } from '../model/planning.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { isOfCode } from './code-change.ts';

/** Last results by task; what was never made has none. */
export type LastRecords = ReadonlyMap<TaskName, ActionRecord>;

/** Whether a task would run for nothing but other code: not for the first time, by force, or for other data or parameters. */
export function isForCodeAlone(because: readonly Change[], task: TaskNode): boolean {
  return because.length > 0 && because.every((change) => isOfCode(change, task));
}

/** Seconds that a whole result cost, also where the last run of an item stage made few of its items. */
export function wholeSeconds({ seconds, items }: ActionRecord): number {
  return items && items.made > 0 ? (seconds / items.made) * (items.made + items.reused) : seconds;
}

export interface PriceRequest {
  readonly graph: TaskGraph;
  readonly planned: readonly PlannedTask[];
  readonly last: LastRecords;
  /** Outputs that are to be brought back and that the store has lost. */
  readonly lost: ReadonlyMap<TaskName, string>;
}

/**
 * What a run would do again although no data, parameter or wish of a person asks for it; undefined where there is nothing.
 * What lies below counts as a whole, unless it is reached by another change as well, or was never made.
 */
export function priceOf({ graph, planned, last, lost }: PriceRequest): Omit<Price, 'threshold'> | undefined {
  const causes: Price['causes'][number][] = [];
  const byCause = new Set<TaskName>();
  const byOthers = new Set<TaskName>();
  const below: TaskName[] = [];
  let seconds = 0;
  for (const { task: name, decision, expectedSeconds } of planned) {
    const task = graph.tasks.get(name) as TaskNode;
    const record = last.get(name);
    const out = lost.get(name);
    const cost = expectedSeconds ?? (record ? wholeSeconds(record) : 0);
    if (out !== undefined && record !== undefined) {
      const again = wholeSeconds(record);
      causes.push({ task: name, because: [{ kind: 'output-damaged', out }], seconds: again });
      byCause.add(name);
      seconds += again;
    } else if (decision.kind === 'run') {
      const isCause = isForCodeAlone(decision.because, task);
      (isCause ? byCause : byOthers).add(name);
      if (!isCause) continue;
      causes.push({ task: name, because: decision.because, seconds: cost });
      seconds += cost;
    } else if (decision.kind === 'wait' || decision.kind === 'reuse' || decision.kind === 'restore') {
      const needs = [...(graph.needs.get(name) ?? []), ...(graph.mayNeed.get(name) ?? [])];
      if (needs.some((need) => byOthers.has(need))) byOthers.add(name);
      else if (needs.some((need) => byCause.has(need))) {
        byCause.add(name);
        if (record === undefined) continue;
        below.push(name);
        seconds += decision.kind === 'wait' ? cost : wholeSeconds(record);
      }
    }
  }
  return causes.length === 0 ? undefined : { seconds, causes, below };
}

/** Seconds of a task and of all that lies below it, should every result be another one. */
export function worstSeconds(start: TaskName, graph: TaskGraph, last: LastRecords): number {
  const reached = new Set([start]);
  let seconds = 0;
  for (const [name] of graph.tasks) {
    const needs = [...(graph.needs.get(name) ?? []), ...(graph.mayNeed.get(name) ?? [])];
    if (needs.some((need) => reached.has(need))) reached.add(name);
    const record = reached.has(name) ? last.get(name) : undefined;
    if (record) seconds += wholeSeconds(record);
  }
  return seconds;
}
