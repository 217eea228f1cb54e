/**
 * A launcher's process: starts commands for the engine. Forking costs more the more memory a process has, and blocks it
 * until the child has begun; this one is small, and the engine goes on meanwhile. See docs/adr/0005-plain-spawn.md.
 */
import { setFlagsFromString } from 'node:v8';
import { createCommandLogs } from './command-logs.ts';
import { type LaunchOrder, launch } from './launch.ts';
import type { FromLauncher, ToLauncher } from './launcher.ts';
import { signalGroup } from './processes.ts';

process.title = 'flow launcher';
// A thousand commands are not enough for compiled code to pay; see startup/compile-late.ts.
setFlagsFromString('--interrupt-budget=400000');
const groups = new Set<number>();
const logs = createCommandLogs();
/** Read once: each look at `process.env` asks the system for every variable. */
const inherited = { ...process.env } as Record<string, string>;

/** With nobody there to hear it, a message is dropped: an error here would end this process before it ends its commands. */
function send(message: FromLauncher): void {
  process.send?.(message, () => {});
}

/** The engine is gone, however it went: with it go its commands. */
process.on('disconnect', () => {
  for (const group of groups) signalGroup(group, 'SIGKILL');
  logs.end();
  process.exit();
});

process.on('message', ({ id, order }: ToLauncher) => void serve(id, order));

async function serve(id: number, order: LaunchOrder): Promise<void> {
  try {
    const launched = await launch({ ...order, environment: { ...inherited, ...order.environment } }, logs);
    if (launched.kind === 'refused') return send({ id, ...launched });
    const { group } = launched;
    groups.add(group);
    send({ id, kind: 'started', group });
    const ending = await launched.ended;
    groups.delete(group);
    send({ id, kind: 'ended', ...ending });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    send({ id, kind: 'refused', code, message });
  }
}

send({ kind: 'ready' });
