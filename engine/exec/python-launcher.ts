/** The engine's side of launcher.py, which starts commands in its place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getSystemErrorMap } from 'node:util';
import type { TaskName } from '../model/names.ts';
import { markers } from './environment.ts';
import { findProgram, isProgram } from './find-program.ts';
import type { Ending, Launch, LaunchOrder } from './launch.ts';
import type { ExecutorOptions } from './options.ts';

export interface PythonLauncher {
  /** False while it starts, where Python is broken, and when it has ended. */
  readonly isReady: () => boolean;
  /** Whether it has begun this task's command, which has not ended as far as is known. */
  readonly isRunning: (task: TaskName) => boolean;
  /** `environment` comes on top of what all children inherit. Undefined where it was stopped while it waited for its turn. */
  readonly launch: (order: LaunchOrder) => Promise<Launch | undefined>;
  readonly close: () => void;
}

interface Open {
  readonly task: TaskName | undefined;
  readonly launched: (launched: Launch | undefined) => void;
  readonly ended: (ending: Ending) => void;
  readonly ending: Promise<Ending>;
}

export function startPythonLauncher(options: ExecutorOptions): PythonLauncher | undefined {
  const program = findPython(options.environment.PATH);
  if (program === undefined) return undefined;
  const child = spawnPython(program, options);
  const open = new Map<number, Open>();
  const numbers = new Map<TaskName, number>();
  let isReady = false;
  let last = 0;

  const say = (fields: readonly (string | number)[]) => child.stdin?.write(framed(fields));
  const close = (number: number) => {
    const one = open.get(number);
    open.delete(number);
    if (one?.task !== undefined) numbers.delete(one.task);
    return one;
  };
  const hear = (line: string) => {
    const [kind, ...words] = line.split(' ');
    const [number = 0, first = 0, signal = 0, seconds = 0] = words.map(Number);
    if (kind === 'ready') {
      isReady = true;
    } else if (kind === 'started') {
      const one = open.get(number);
      one?.launched({ group: first, ended: one.ending });
    } else if (kind === 'dropped') {
      close(number)?.launched(undefined);
    } else {
      const one = close(number);
      // Where not even a child could be made, this is the first word of it.
      one?.launched({ group: undefined, ended: one.ending });
      if (kind === 'refused') one?.ended({ kind: 'refused', ...systemError(first) });
      else if (signal === 0) one?.ended({ kind: 'ended', code: first, signal: null, seconds });
      else one?.ended({ kind: 'ended', code: null, signal: nameOf(signal), seconds });
    }
  };
  /** It took its commands with it, or they cannot be watched any more. */
  const lose = () => {
    isReady = false;
    for (const number of [...open.keys()]) {
      const one = close(number);
      one?.launched({ group: undefined, ended: one.ending });
      one?.ended({ kind: 'ended', code: null, signal: 'SIGKILL', seconds: 0 });
    }
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
    isRunning: (task) => numbers.has(task),
    launch: (order) =>
      new Promise((resolve) => {
        last += 1;
        const number = last;
        let ended: Open['ended'] = () => {};
        const ending = new Promise<Ending>((settle) => {
          ended = settle;
        });
        const { task, turn, signal } = order;
        const drop = () => say(['drop', number]);
        let isWaiting = turn !== undefined;
        const launched = (launch: Launch | undefined) => {
          isWaiting = false;
          signal.removeEventListener('abort', drop);
          resolve(launch);
        };
        open.set(number, { task, launched, ended, ending });
        const behind = turn && numbers.get(turn.behind);
        if (task !== undefined) numbers.set(task, number);
        say(describeOrder([number, behind ?? ''], order, options.environment.PATH));
        if (turn === undefined) return;
        signal.addEventListener('abort', drop, { once: true });
        // Mostly it has begun by then, since what is in the same message as the end of the other is heard first.
        turn.free.then(() => isWaiting && say(['go', number]));
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

function spawnPython(program: string, { root, run, environment }: ExecutorOptions): ChildProcess {
  // Neither a person's variables nor packages of theirs have a say in it, and it leaves no files.
  const parameters = ['-I', '-S', '-B', fileURLToPath(new URL('./launcher.py', import.meta.url))];
  return spawn(program, parameters, {
    cwd: root,
    // Should the engine be killed, the next run ends this process before it starts the command that it may just have read of.
    env: { ...environment, [markers.run]: run, [markers.root]: root },
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C reaches every process of the terminal's group; this one has to tell how its commands end.
    detached: true,
  });
}

/** In the form that launcher.py tells of, as is the frame around it. */
function describeOrder(place: readonly [number, number | ''], order: LaunchOrder, path: string | undefined) {
  const { program, parameters, folder, environment, logFile, sharesLog } = order;
  const file = findProgram(program, environment.PATH ?? path, folder);
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const words = [parameters.length + 1, program, ...parameters];
  return [...place, logFile, sharesLog ? 1 : 0, folder, file, ...words, ...variables];
}

function framed(fields: readonly (string | number)[]): Buffer {
  const text = Buffer.from(fields.join('\0'));
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
