/** Starts one command in a process group of its own; used by the engine's process and by its launchers. */
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, rmSync } from 'node:fs';
import { openToAppend } from './log-file.ts';
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
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type Launch =
  | { readonly kind: 'started'; readonly group: number; readonly ended: Promise<Ending> }
  /** `code` is the system's: ENOENT, EACCES, E2BIG. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

export async function launch(order: LaunchOrder): Promise<Launch> {
  const { program, parameters, folder, environment } = order;
  const log = openToAppend(order.logFile);
  // Straight into the file: nothing passes through the engine, and an orphan's last words are kept too.
  const stdio: ['ignore', number, number] = ['ignore', log, log];
  const child = spawn(program, parameters, { cwd: folder, env: environment, stdio, detached: true });
  const group = child.pid;
  if (group === undefined) {
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve));
    closeLog(log, order);
    return { kind: 'refused', code: error.code ?? '', message: error.message };
  }
  const ended = new Promise<Ending>((resolve) => {
    // `exit`, not `close`: a background child that keeps the log open must not keep the job.
    child.once('exit', (code, signal) => {
      // Whatever it left running in its group would go on writing into outputs that count as finished.
      signalGroup(group, 'SIGKILL');
      closeLog(log, order);
      resolve({ code, signal });
    });
  });
  return { kind: 'started', group, ended };
}

/** A silent command leaves no log. */
function closeLog(log: number, { logFile, sharesLog }: LaunchOrder): void {
  const isSilent = !sharesLog && fstatSync(log).size === 0;
  closeSync(log);
  if (isSilent) rmSync(logFile, { force: true });
}
