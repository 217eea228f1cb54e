/** Starts one command in a process group of its own; used by the engine's process and by its launchers. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Turn } from '../model/job.ts';
import type { TaskName } from '../model/names.ts';
import type { CommandLogs } from './command-logs.ts';
import { findProgram } from './find-program.ts';
import { signalGroup } from './processes.ts';

export interface LaunchOrder {
  readonly program: string;
  readonly parameters: readonly string[];
  /** Working folder, absolute. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Whether other commands write into the log, too: then it is not for this one to remove it where it stayed empty. */
  readonly sharesLog: boolean;
  /** Whose command this is, for one that waits to take over its core; absent for an item's, which nobody waits for. */
  readonly task?: TaskName;
  readonly turn?: Turn;
  /** Ends the waiting for a turn. */
  readonly signal: AbortSignal;
}

export type Ending =
  | {
      readonly kind: 'ended';
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly seconds: number;
    }
  /** The system did not execute the program; `code` is its own: ENOENT, EACCES, E2BIG. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export interface Launch {
  /** Undefined where there is none to be signalled. */
  readonly group: number | undefined;
  readonly ended: Promise<Ending>;
}

export async function launch(order: Omit<LaunchOrder, 'task' | 'turn' | 'signal'>, logs: CommandLogs): Promise<Launch> {
  const { program, parameters, folder, environment } = order;
  const started = performance.now();
  const log = logs.open(order.logFile);
  const closeLog = () => logs.close(log, order.logFile, order.sharesLog);
  // Straight into the file: nothing passes through the engine, and an orphan's last words are kept too.
  const stdio: ['ignore', number, number] = ['ignore', log, log];
  const refuse = ({ code = '', message }: NodeJS.ErrnoException): Launch => {
    closeLog();
    return { group: undefined, ended: Promise.resolve({ kind: 'refused', code, message }) };
  };
  let child: ChildProcess;
  try {
    child = spawn(findProgram(program, environment.PATH, folder), parameters, {
      argv0: program,
      cwd: folder,
      env: environment,
      stdio,
      detached: true,
    });
  } catch (error) {
    // Node tells of some of the system's refusals by an event, and of others, too many words say, in this way.
    if (typeof (error as NodeJS.ErrnoException).errno !== 'number') throw error;
    return refuse(error as NodeJS.ErrnoException);
  }
  const group = child.pid;
  if (group === undefined) return refuse(await new Promise((resolve) => child.once('error', resolve)));
  const ended = new Promise<Ending>((resolve) => {
    // `exit`, not `close`: a background child that keeps the log open must not keep the job.
    child.once('exit', (code, signal) => {
      // Whatever it left running in its group would go on writing into outputs that count as finished.
      signalGroup(group, 'SIGKILL');
      closeLog();
      resolve({ kind: 'ended', code, signal, seconds: (performance.now() - started) / 1000 });
    });
  });
  return { group, ended };
}
