/** Where commands are started: in this process at first, and by small processes of their own once there are many. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createCommandLogs } from './command-logs.ts';
import { type Ending, type Launch, type LaunchOrder, launch } from './launch.ts';
import type { ExecutorOptions } from './options.ts';
import { signalGroup } from './processes.ts';

/** `lost`: killed together with what was starting it, before word of it came. */
export type Launched = Launch | { readonly kind: 'lost' };

export interface Launcher {
  /** `environment` comes on top of what all children inherit. */
  readonly launch: (order: LaunchOrder) => Promise<Launched>;
  readonly close: () => void;
}

export interface ToLauncher {
  readonly id: number;
  readonly order: LaunchOrder;
}

export type FromLauncher =
  | { readonly kind: 'ready' }
  | { readonly id: number; readonly kind: 'started'; readonly group: number }
  | { readonly id: number; readonly kind: 'refused'; readonly code: string; readonly message: string }
  | ({ readonly id: number; readonly kind: 'ended' } & Ending);

/** A launcher costs as much as thirty commands to start. */
const worthLaunchers = 16;

export function createLauncher(options: ExecutorOptions): Launcher {
  let count = 0;
  let helpers: readonly Helper[] = [];
  let isClosed = false;
  const logs = createCommandLogs();

  const start = (order: LaunchOrder): Promise<Launched> => {
    count += 1;
    if (count === worthLaunchers) {
      helpers = Array.from({ length: Math.min(mostLaunchers, options.poolSize) }, () => startHelper(options));
    }
    const [helper] = helpers.filter((one) => one.isReady()).sort((a, b) => a.starting() - b.starting());
    if (helper !== undefined) return helper.launch(order);
    return launch({ ...order, environment: { ...options.environment, ...order.environment } }, logs);
  };

  return {
    launch: async (order) => {
      const launched = await start(order);
      // Nobody knew its group when everything was ended.
      if (isClosed && launched.kind === 'started') signalGroup(launched.group, 'SIGKILL');
      return launched;
    },
    close: () => {
      isClosed = true;
      for (const helper of helpers) helper.close();
      logs.end();
    },
  };
}

/** While one waits for its child to begin, the other can start the next. */
const mostLaunchers = 2;

interface Helper {
  readonly isReady: () => boolean;
  readonly starting: () => number;
  readonly launch: (order: LaunchOrder) => Promise<Launched>;
  readonly close: () => void;
}

interface Open {
  readonly launched: (launched: Launched) => void;
  readonly ended: (ending: Ending) => void;
  readonly ending: Promise<Ending>;
}

function startHelper(options: ExecutorOptions): Helper {
  const child = spawnHelper(options);
  const open = new Map<number, Open>();
  const starting = new Set<number>();
  let isReady = false;
  let last = 0;

  const hear = (message: FromLauncher) => {
    if (message.kind === 'ready') {
      isReady = true;
      return;
    }
    const { id } = message;
    const one = open.get(id);
    starting.delete(id);
    if (message.kind === 'started') one?.launched({ kind: 'started', group: message.group, ended: one.ending });
    else open.delete(id);
    if (message.kind === 'refused') one?.launched(message);
    else if (message.kind === 'ended') one?.ended({ code: message.code, signal: message.signal });
  };
  /** It took its commands with it, or they cannot be watched any more. */
  const lose = () => {
    isReady = false;
    for (const { launched, ended } of open.values()) {
      launched({ kind: 'lost' });
      ended({ code: null, signal: 'SIGKILL' });
    }
    open.clear();
  };
  child.on('message', hear);
  child.once('exit', lose);
  child.on('error', lose);

  return {
    isReady: () => isReady,
    starting: () => starting.size,
    launch: (order) =>
      new Promise((resolve) => {
        last += 1;
        let ended: Open['ended'] = () => {};
        const ending = new Promise<Ending>((settle) => {
          ended = settle;
        });
        open.set(last, { launched: resolve, ended, ending });
        starting.add(last);
        child.send({ id: last, order } satisfies ToLauncher, () => {});
      }),
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}

function spawnHelper(options: ExecutorOptions): ChildProcess {
  // The bundler knows a worker by exactly this form and puts the address of its bundle in its place.
  const entry = fileURLToPath(new URL('./launch-worker.ts', import.meta.url));
  const loader = entry.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  return spawn(process.execPath, [...loader, entry], {
    cwd: options.root,
    env: options.environment,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Ctrl-C reaches every process of the terminal's group; this one has to tell how its commands end.
    detached: true,
  });
}
