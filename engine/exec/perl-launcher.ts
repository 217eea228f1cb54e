/** The engine's side of launcher.pl, which starts commands in its place. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { getSystemErrorMap } from 'node:util';
import { findProgram } from './find-program.ts';
import type { Ending, Launch, LaunchOrder } from './launch.ts';
import type { ExecutorOptions } from './options.ts';

export interface PerlLauncher {
  /** False while it starts, where there is no Perl or a broken one, and when it has ended. */
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

export function startPerlLauncher(options: ExecutorOptions): PerlLauncher | undefined {
  // It would have Perl load whatever a person works with.
  if (options.environment.PERL5OPT !== undefined) return undefined;
  const child = spawnPerl(options);
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

function spawnPerl({ root, environment }: ExecutorOptions): ChildProcess {
  return spawn('perl', [fileURLToPath(new URL('./launcher.pl', import.meta.url))], {
    cwd: root,
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C reaches every process of the terminal's group; this one has to tell how its commands end.
    detached: true,
  });
}

/** In the form that launcher.pl tells of. */
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
