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
  process.stdout.on('resize', display.redraw);
  // Also where a bug or a second Ctrl-C ends the process.
  process.once('exit', display.close);
  return {
    show: display.show,
    say: display.say,
    close: () => {
      clearInterval(clock);
      process.stdout.off('resize', display.redraw);
      process.off('exit', display.close);
      display.close();
    },
  };
}
