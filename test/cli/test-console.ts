import type { Console } from '../../engine/cli/console.ts';
import { colourless, type Paint } from '../../engine/cli/render/paint.ts';

export interface TestConsole extends Console {
  /** What was written so far. */
  readonly written: () => { readonly out: string; readonly err: string };
  readonly advance: (milliseconds: number) => void;
  readonly resize: (columns: number, rows: number) => void;
}

export interface TestConsoleOptions {
  readonly cwd?: string;
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly paint?: Paint;
  readonly onWrite?: (text: string) => void;
}

/** A console that keeps what is written, with a clock that stands still until it is moved. */
export function createTestConsole(options: TestConsoleOptions = {}): TestConsole {
  const { cwd = '/', isTerminal = false, paint = colourless, onWrite = () => {} } = options;
  let size = { columns: options.columns ?? 80, rows: options.rows ?? 24 };
  let time = Date.UTC(2026, 0, 1);
  const texts = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    write: (text: string | Uint8Array) => {
      const written = Buffer.from(text).toString();
      texts[name] += written;
      onWrite(written);
    },
    isTerminal,
    size: () => size,
    paint,
  });
  return {
    out: output('out'),
    err: output('err'),
    cwd,
    environment: {},
    now: () => time,
    written: () => ({ ...texts }),
    advance: (milliseconds) => {
      time += milliseconds;
    },
    resize: (columns, rows) => {
      size = { columns, rows };
    },
  };
}
