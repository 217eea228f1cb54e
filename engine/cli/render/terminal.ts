import type { Display, DisplayOptions } from './display.ts';
import { createLiveDisplay } from './live.ts';

/** Milliseconds between two drawings; ten a second look smooth and cost nothing. */
const tick = 100;

/** Connects a live display to the process: a clock, the terminal's size, and an end that always shows the cursor again. */
export function openTerminalDisplay(options: DisplayOptions): Display {
  const display = createLiveDisplay(options);
  const clock = setInterval(display.redraw, tick);
  // The clock alone must not keep a finished process alive.
  clock.unref();
  const releaseStderr = divertStderr(display.say);
  // Asked for its size first: the stream listens from then on, and so knows of a change before this does.
  options.output.size();
  process.on('SIGWINCH', display.redraw);
  const close = () => {
    clearInterval(clock);
    releaseStderr();
    process.off('SIGWINCH', display.redraw);
    process.off('exit', close);
    display.close();
  };
  // Also where a bug or a second Ctrl-C ends the process.
  process.once('exit', close);
  return { show: display.show, say: display.say, close };
}

/**
 * Lets what is written to standard error meanwhile (node's warnings, a library's word) scroll away above: written
 * below the live lines it would break them, and they would be drawn a second time.
 */
function divertStderr(say: (line: string) => void): () => void {
  const { stderr } = process;
  if (!stderr.isTTY) return () => {};
  const write = stderr.write;
  stderr.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    say(String(typeof chunk === 'string' ? chunk : Buffer.from(chunk)).replace(/\n$/, ''));
    const done = rest.find((argument) => typeof argument === 'function');
    if (typeof done === 'function') queueMicrotask(() => done());
    return true;
  }) as typeof write;
  return () => {
    stderr.write = write;
  };
}
