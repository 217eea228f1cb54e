import { isatty } from 'node:tty';
import { coloured, colourless, type Paint } from './render/paint.ts';

/** A stream as the renderers see it. */
export interface Output {
  /** A text, or the bytes of a file. */
  readonly write: (text: string | Uint8Array) => void;
  /** Whether lines can be rewritten: a terminal that moves its cursor. */
  readonly isTerminal: boolean;
  /** Columns and rows now; a pipe is as wide as a text needs. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly paint: Paint;
}

/** Everything of the process that a command may touch, so that a test can stand in for it. */
export interface Console {
  readonly out: Output;
  readonly err: Output;
  /** Puts a question to somebody at a terminal and gives the answer, empty where there is none; absent without a terminal. */
  readonly ask?: (question: string) => Promise<string>;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function processConsole(): Console {
  const environment = process.env;
  return {
    out: streamOutput(takeStandardOutput(), isatty(1), environment),
    err: streamOutput(() => process.stderr, isatty(2), environment),
    ...(isatty(0) && isatty(2) ? { ask } : {}),
    cwd: process.cwd(),
    environment,
    now: Date.now,
  };
}

/**
 * Opens standard output, which is the command's alone: `--json` means JSON and nothing else. Who asks for it from now on,
 * such as a `console.log` in a module that is planned with, gets standard error.
 */
function takeStandardOutput(): () => NodeJS.WriteStream {
  const open = Object.getOwnPropertyDescriptor(process, 'stdout')?.get as () => NodeJS.WriteStream;
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: () => process.stderr });
  return open;
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    // Ctrl-C and Ctrl-D are no answer, which is the same as no.
    lines.on('SIGINT', () => lines.close());
    lines.on('close', () => resolve(''));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

const heldMilliseconds = 20;

/** The stream is opened at its first use, which costs a millisecond or two. */
function streamOutput(open: () => NodeJS.WriteStream, isTty: boolean, environment: NodeJS.ProcessEnv): Output {
  const isTerminal = isTty && environment.TERM !== 'dumb';
  let stream: NodeJS.WriteStream | undefined;
  let isBroken = false;
  /** Held for a moment: a thousand short tasks say a thousand lines, and each write to a pipe wakes its reader. */
  let held = '';
  const flush = () => {
    const text = held;
    held = '';
    if (text !== '') opened().write(text);
  };
  const opened = () => {
    if (stream !== undefined) return stream;
    stream = open();
    // Before the exit, while what a full pipe does not take at once can still follow; and at the exit for who is ended.
    process.once('beforeExit', flush);
    process.once('exit', flush);
    stream.on('error', () => {
      // A reader that closed its end of the pipe (`flow run | head`) wants no more: as good as Ctrl-C.
      if (!isBroken) process.kill(process.pid, 'SIGINT');
      isBroken = true;
    });
    return stream;
  };
  return {
    write: (text) => {
      opened();
      if (isBroken) return;
      if (typeof text !== 'string') {
        flush();
        opened().write(text);
        return;
      }
      if (held === '') setTimeout(flush, heldMilliseconds).unref();
      held += text;
    },
    isTerminal,
    size: () =>
      isTerminal
        ? { columns: opened().columns || 80, rows: opened().rows || 24 }
        : { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY },
    // https://no-color.org: any value but the empty one.
    paint: isTerminal && !environment.NO_COLOR ? coloured : colourless,
  };
}
