/** Where commands are started: in this process at first, and by a small process of Python once there are many. */
import { createCommandLogs } from './command-logs.ts';
import { type Launch, type LaunchOrder, launch } from './launch.ts';
import type { ExecutorOptions } from './options.ts';
import { signalGroup } from './processes.ts';
import { type PythonLauncher, startPythonLauncher } from './python-launcher.ts';

export interface Launcher {
  /** `environment` comes on top of what all children inherit. Undefined where it was stopped while it waited for its turn. */
  readonly launch: (order: LaunchOrder) => Promise<Launch | undefined>;
  readonly close: () => void;
}

/** It costs as much as one command to start; the next ones are not kept waiting for it. */
const worthPython = 3;

export function createLauncher(options: ExecutorOptions): Launcher {
  let count = 0;
  let python: PythonLauncher | undefined;
  let isClosed = false;
  const logs = createCommandLogs();

  const start = async (order: LaunchOrder): Promise<Launch | undefined> => {
    count += 1;
    if (count === worthPython) python = startPythonLauncher(options);
    // Nobody else starts a command behind another.
    if (order.turn && !python?.isRunning(order.turn.behind)) await waitFor(order.turn.free, order.signal);
    if (order.signal.aborted) return undefined;
    if (python?.isReady()) return python.launch(order);
    return launch({ ...order, environment: { ...options.environment, ...order.environment } }, logs);
  };

  return {
    launch: async (order) => {
      const launched = await start(order);
      // Nobody knew its group when everything was ended.
      if (isClosed && launched?.group !== undefined) signalGroup(launched.group, 'SIGKILL');
      return launched;
    },
    close: () => {
      isClosed = true;
      python?.close();
      logs.end();
    },
  };
}

function waitFor(free: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', end, { once: true });
    free.then(end);
  });
}
