import { setMaxListeners } from 'node:events';

/** Ctrl-C: the first one stops the run and keeps what is finished, the second ends everything at once. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** Called at the first one, before the signal is aborted. */
  readonly onFirst: (listener: () => void) => void;
  /** Called at the second one, after which the process ends; leaves the terminal as it was. */
  readonly onSecond: (listener: () => void) => void;
}

export function listenForInterrupts(): Interrupts {
  // Kept from here on: another stands in its place while a stage's module is imported (code/import-stage.ts).
  const { exit } = process;
  const controller = new AbortController();
  // Every running task listens, and hundreds of them are no leak.
  setMaxListeners(0, controller.signal);
  const first: (() => void)[] = [];
  const second: (() => void)[] = [];
  const interrupt = () => {
    if (!controller.signal.aborted) {
      for (const listener of first) listener();
      controller.abort();
      return;
    }
    for (const listener of second) listener();
    exit(130);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  process.on('SIGHUP', interrupt);
  return {
    signal: controller.signal,
    onFirst: (listener) => void first.push(listener),
    onSecond: (listener) => void second.push(listener),
  };
}
