/** The engine's side of launcher.py, which starts commands in its place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getSystemErrorMap } from 'node:util';
import { findProgram, isProgram } from './find-program.ts';
import type { Ending, Launch, LaunchOrder } from './launch.ts';
import type { ExecutorOptions } from './options.ts';

export interface PythonLauncher {
  /** False while it starts, where Python is broken, and when it has ended. */
  readonly isReady: () => boolean;
  /** `environment` comes on top of what all children inherit. */
  readonly launch: (order: LaunchOrder) => Promise<Launch>;
  readonly close: () => void;
}

interface Open {
  readonly launched: (launched: Launch) => void;
  readonly ended: (ending: Ending) => void;
  readonly ending: Promise<Ending>;
}

export function startPythonLauncher(options: ExecutorOptions): PythonLauncher | undefined {
  const program = findPython(options.environment.PATH);
  if (program === undefined) return undefined;
  const child = spawnPython(program, options);
  const open = new Map<number, Open>();
  let isReady = false;
  let last = 0;

  const hear = (line: string) => {
    if (line === 'ready') {
      isReady = true;
      return;
    }
    const [kind, ...numbers] = line.split(' ');
    const [number = 0, first = 0, signal = 0] = numbers.map(Number);
    const one = open.get(number);
    if (kind === 'started') {
      one?.launched({ group: first, ended: one.ending });
      return;
    }
    open.delete(number);
    // Where not even a child could be made, this is the first word of it.
    one?.launched({ group: undefined, ended: one.ending });
    if (kind === 'refused') one?.ended({ kind: 'refused', ...systemError(first) });
    else if (signal === 0) one?.ended({ kind: 'ended', code: first, signal: null });
    else one?.ended({ kind: 'ended', code: null, signal: nameOf(signal) });
  };
  /** It took its commands with it, or they cannot be watched any more. */
  const lose = () => {
    isReady = false;
    for (const { launched, ended, ending } of open.values()) {
      launched({ group: undefined, ended: ending });
      ended({ kind: 'ended', code: null, signal: 'SIGKILL' });
    }
    open.clear();
  };
  let rest = '';
  child.stdout?.setEncoding('latin1').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(hear);
  });
  child.stdin?.on('error', () => {});
  child.once('exit', lose);
  child.on('error', lose);

  return {
    isReady: () => isReady,
    launch: (order) =>
      new Promise((resolve) => {
        last += 1;
        let ended: Open['ended'] = () => {};
        const ending = new Promise<Ending>((settle) => {
          ended = settle;
        });
        open.set(last, { launched: resolve, ended, ending });
        child.stdin?.write(describeOrder(last, order, options.environment.PATH));
      }),
    close: () => {
      child.stdin?.end();
    },
  };
}

/**
 * Undefined where there is none, and on macOS, whose node starts programs without a fork itself, and whose `python3` may
 * be a question whether to install one. What a version manager puts in its place is a script that searches for a tenth of
 * a second, so a program is looked for behind it.
 */
function findPython(path = ''): string | undefined {
  if (process.platform === 'darwin') return undefined;
  return path
    .split(':')
    .map((folder) => join(folder, 'python3'))
    .find((file) => file.startsWith('/') && isProgram(file) && !isScript(file));
}

function isScript(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(2);
    readSync(file, start);
    return start.toString('latin1') === '#!';
  } finally {
    closeSync(file);
  }
}

function spawnPython(program: string, { root, environment }: ExecutorOptions): ChildProcess {
  // Neither a person's variables nor packages of theirs have a say in it, and it leaves no files.
  const parameters = ['-I', '-S', '-B', fileURLToPath(new URL('./launcher.py', import.meta.url))];
  return spawn(program, parameters, {
    cwd: root,
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C reaches every process of the terminal's group; this one has to tell how its commands end.
    detached: true,
  });
}

/** In the form that launcher.py tells of. */
function describeOrder(number: number, order: LaunchOrder, path: string | undefined): Buffer {
  const { program, parameters, folder, environment, logFile, sharesLog } = order;
  const file = findProgram(program, environment.PATH ?? path, folder);
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const fields = [number, logFile, sharesLog ? 1 : 0, folder, file, parameters.length + 1, program, ...parameters];
  const text = Buffer.from([...fields, ...variables].join('\0'));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  return Buffer.concat([length, text]);
}

function systemError(number: number): { readonly code: string; readonly message: string } {
  const [code, message] = getSystemErrorMap().get(-number) ?? [`errno ${number}`, 'the system refuses it'];
  return { code, message };
}

function nameOf(signal: number): NodeJS.Signals {
  const [name] = Object.entries(constants.signals).find(([, number]) => number === signal) ?? [];
  return (name ?? 'SIGKILL') as NodeJS.Signals;
}
