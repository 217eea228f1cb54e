/** A project in which the bin itself is run, beside this process, so that it can be killed and meet others like it. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../engine/cli/flow.mjs', import.meta.url));

export interface BinProject {
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  readonly read: (path: string) => string;
  /** To the end. */
  readonly flow: (...words: string[]) => { readonly status: number | null; readonly text: string };
  /** Beside this process; `ended` gives the exit code, or null after a signal. */
  readonly start: (...words: string[]) => StartedRun;
  /** Every file below artifacts/ with its contents, in order; of an empty folder only its name, with a / behind it. */
  readonly artifacts: () => readonly (readonly [string, string])[];
  /** Processes that carry this project's mark. */
  readonly processes: () => number[];
  readonly remove: () => void;
}

export interface StartedRun {
  readonly kill: (signal: NodeJS.Signals) => void;
  /** What a terminal or a shell does: all processes of the group, of which commands are not. */
  readonly killGroup: (signal: NodeJS.Signals) => void;
  /** As a terminal does that is closed: nothing can be written there any more. */
  readonly hangUp: () => void;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

export function createBinProject(files: Readonly<Record<string, string>>, parent = tmpdir()): BinProject {
  const root = mkdtempSync(join(parent, 'flow-kill-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    root,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    flow: (...words) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: root, encoding: 'utf8' });
      return { status, text: stdout + stderr };
    },
    start: (...words) => {
      // In a process group of its own, as a shell starts it.
      const child = spawn(process.execPath, [bin, ...words], { cwd: root, detached: true });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          text += chunk;
        });
      }
      const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
      return {
        kill: (signal) => void child.kill(signal),
        killGroup: (signal) => {
          try {
            process.kill(-(child.pid as number), signal);
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
          }
        },
        hangUp: () => {
          child.stdout.destroy();
          child.stderr.destroy();
        },
        text: () => text,
        ended,
      };
    },
    artifacts: () => {
      const folder = join(root, 'artifacts');
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
      return names.flatMap((name) => {
        const path = join(folder, name);
        if (!statSync(path).isDirectory()) return [[name, readFileSync(path, 'latin1')] as const];
        return readdirSync(path).length === 0 ? [[`${name}/`, ''] as const] : [];
      });
    },
    processes: () => processesOf(root),
    // An orphan may still make files while they are removed.
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  };
}

/** Those that a run in this folder started, and that go on. */
export function processesOf(root: string): number[] {
  return processesWith(`FLOW_ROOT=${root}`);
}

/** Those that have this variable, in the form NAME=VALUE. */
export function processesWith(variable: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => environmentOf(pid).includes(variable));
}

/** Empty where the process has ended. */
function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

export const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(10);
}

/** A process that ended but that nobody waited for still has a number. */
export function isGone(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() === '' || stdout.startsWith('Z');
}
