/** What a module is given, from what came over the channel. */

import type { z } from 'zod';
import type { Declarations, Inputs, RunContext } from '../stage.ts';
import type { FromWorker, ProgressReport, WorkOrder } from './protocol.ts';

export interface ContextRequest {
  readonly order: WorkOrder;
  readonly signal: AbortSignal;
  readonly progress: (report: ProgressReport) => void;
}

export function createContext(request: ContextRequest): RunContext<z.ZodType, Declarations> {
  const { order, signal, progress } = request;
  return {
    params: order.params,
    matrix: order.matrix,
    inputs: inputsOf(order),
    threads: order.threads,
    signal,
    progress,
    log: (line) => {
      process.stdout.write(`${line}\n`);
    },
  };
}

function inputsOf(order: WorkOrder): Inputs<Declarations> {
  const values = Object.entries(order.inputs).map(([name, input]) => {
    if (input.kind === 'path') return [name, input.path];
    if (input.kind === 'items') return [name, { folder: input.folder, items: input.items, skipped: input.skipped }];
    return [name, input.kind === 'list' ? input.entries : undefined];
  });
  return Object.fromEntries(values);
}

const milliseconds = 50;

/** Passes on at most one report in 50 ms, and the last one in any case. */
export function createProgress(send: (message: FromWorker) => void) {
  let last = 0;
  let held: ProgressReport | undefined;
  return {
    report: (report: ProgressReport) => {
      const now = performance.now();
      held = report;
      if (now - last < milliseconds && report.done < report.total) return;
      last = now;
      held = undefined;
      send({ kind: 'progress', report });
    },
    flush: () => {
      if (held !== undefined) send({ kind: 'progress', report: held });
      held = undefined;
    },
  };
}
