/** Has strace watch a process and all that it starts; see docs/adr/0018-undeclared-inputs.md. */
import { execFile } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Failure } from '../model/event.ts';
import type { CannotWatch, Reading } from '../model/job.ts';
import { readTraceLog, watchedCalls } from './trace-log.ts';

export interface Trace {
  /** How the program is started so that it is watched; its process is the one that it would be by itself. */
  readonly start: (program: string, parameters: readonly string[]) => { program: string; parameters: string[] };
  /** What was read since the last call; undefined where a process that goes on is no longer watched. */
  readonly readOf: (process: number) => readonly Reading[] | undefined;
  /** The same of a process that has ended, once the watcher has told of its end; undefined where it never does. */
  readonly readToEnd: (process: number) => Promise<readonly Reading[] | undefined>;
  readonly close: () => void;
}

/** Node's own pool reads files through io_uring where it may, which no watcher sees. */
export const watchedEnvironment = { UV_USE_IO_URING: '0' } as const;

const options = [
  // Twice: the watcher is no parent of the process, and stands in no group that is ended with it.
  ...['-D', '-D', '-f'],
  // Without it a process stops at every call, and not only at those that are watched: fifty times as slow.
  '--seccomp-bpf',
  // What succeeded, with the paths of descriptors, and without signals; only ends are told beside calls.
  ...['-z', '-y', '-q', '-e', 'signal=none'],
  ...['-e', `trace=${watchedCalls.map((call) => `?${call}`).join(',')}`],
];

/** `file` is absolute, and not there yet. */
export function openTrace(file: string, root: string): Trace {
  const log = readTraceLog(root);
  let position = 0;
  const takeNew = (): Reading[] => {
    const readings: Reading[] = [];
    if (!existsSync(file)) return readings;
    const opened = openSync(file, 'r');
    try {
      const bytes = Buffer.allocUnsafe(1 << 20);
      for (;;) {
        const length = readSync(opened, bytes, 0, bytes.length, position);
        if (length === 0) return readings;
        position += length;
        readings.push(...log.push(bytes.toString('latin1', 0, length)));
      }
    } finally {
      closeSync(opened);
    }
  };
  return {
    start: (program, parameters) => ({
      program: 'strace',
      parameters: [...options, '-o', file, '--', program, ...parameters],
    }),
    // A call is in the log before it returns to whoever made it, so that all that came before a message is there.
    readOf: (process) => (isWatched(process) ? takeNew() : undefined),
    readToEnd: async (process) => {
      const readings: Reading[] = [];
      for (let turn = 0; turn < mostTurns; turn += 1) {
        readings.push(...takeNew());
        if (log.hasEnded(process)) return readings;
        await wait(turnMilliseconds);
      }
      return undefined;
    },
    close: () => rmSync(file, { force: true }),
  };
}

export const unwatched: Failure = {
  kind: 'threw',
  message: 'What it read is not known: strace ended before it did, so that nothing of it is kept.',
};

/** The watcher has heard of the end before we do, and has only to write it down. */
const turnMilliseconds = 5;
const mostTurns = 2000;

function isWatched(process: number): boolean {
  try {
    return !/^TracerPid:\s*0$/m.test(readFileSync(`/proc/${process}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Tries it on a program that does nothing. */
export async function findWhyNoTrace(): Promise<CannotWatch | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'flow-trace-'));
  const file = join(folder, 'trace');
  try {
    const { program, parameters } = openTrace(file, folder).start('/bin/sh', ['-c', ':']);
    const running = promisify(execFile)(program, parameters, { timeout: 10_000 });
    const process = running.child.pid ?? 0;
    await running;
    // Whoever may not watch lets the program run unwatched, or ends it, by version.
    if ((await openTrace(file, folder).readToEnd(process)) !== undefined) return undefined;
    return notAllowed('it saw nothing of a program');
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    return code === 'ENOENT' ? notInstalled : notAllowed(stderr?.trim().split('\n')[0] || message);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const notInstalled: CannotWatch = {
  message: 'what tasks read cannot be watched here: strace is not installed',
  hint:
    process.platform === 'linux'
      ? 'install it: apt install strace, dnf install strace, apk add strace'
      : 'it needs Linux: in a container, say, or on the machine that builds and tests',
};

function notAllowed(what: string): CannotWatch {
  return {
    message: `what tasks read cannot be watched here: ${what}`,
    hint: 'it needs strace 5.3 or newer, and the right to trace: in a container --cap-add=SYS_PTRACE, else sysctl kernel.yama.ptrace_scope',
  };
}
