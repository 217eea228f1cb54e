import type { UpkeepProgress } from '../model/upkeep.ts';
import type { Console } from './console.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { formatBytes } from './render/amounts.ts';
import { withStore } from './with-project.ts';

/** `flow verify`: reads all of the store; exit code 1 where something was wrong that could not be healed. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { console, options } = invocation;
  return withStore(invocation, async ({ project, nameFile }) => {
    const meter = options.json ? undefined : createMeter(console);
    const answer = await project.verify(meter?.show);
    meter?.clear();
    if (options.json) {
      writeJson(console.out, 'verify', answer);
    } else {
      const { renderVerify } = await import('./render/verify.ts');
      console.out.write(renderVerify(answer, { paint: console.out.paint, nameFile }));
    }
    return answer.faults.some(({ healedFrom }) => healedFrom === undefined) ? 1 : 0;
  });
}

/** Milliseconds between two drawings. */
const tick = 100;

/** One line on a terminal that is drawn over; nothing in a pipe. */
function createMeter({ err, now }: Console): { readonly show: UpkeepProgress; readonly clear: () => void } {
  const started = now();
  let drawnAt = started;
  return {
    show: (done, total) => {
      if (!err.isTerminal || now() - drawnAt < tick) return;
      drawnAt = now();
      const rate = formatBytes((done / (now() - started)) * 1000);
      err.write(`\r${formatBytes(done)} of ${formatBytes(total)} read, ${rate}/s\x1b[K`);
    },
    clear: () => {
      if (err.isTerminal && drawnAt > started) err.write('\r\x1b[K');
    },
  };
}
