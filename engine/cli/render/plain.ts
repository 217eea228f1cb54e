import type { RunEvent } from '../../model/event.ts';
import { formatDuration } from './amounts.ts';
import { describeChanges } from './change.ts';
import type { Display, DisplayOptions } from './display.ts';
import { describeFailed, describeFinish, describeProgress, describeSkips } from './outcome.ts';
import { printable } from './text.ts';

/** Milliseconds between two lines about one task's progress; the first comes after as long. */
const quietTime = 5000;

/** Shows a run as lines that are never rewritten, for a pipe or a log. */
export function createPlainDisplay(options: DisplayOptions): Display {
  const { board, now, output } = options;
  const lastSaid = new Map<string, number>();

  const saysProgress = (name: string, since: number) => {
    if (now() - (lastSaid.get(name) ?? since) < quietTime) return false;
    lastSaid.set(name, now());
    return true;
  };
  const linesOf = (event: RunEvent): string[] => {
    switch (event.kind) {
      case 'started': {
        lastSaid.delete(event.task);
        const attempt = event.attempt > 1 ? `attempt ${event.attempt}` : '';
        const because = [describeChanges(event.because), attempt].filter((text) => text !== '').join(', ');
        return [`${event.task}: started${because === '' ? '' : ` (${because})`}`];
      }
      case 'progress': {
        const task = board.running.get(event.task);
        return task && saysProgress(event.task, task.since)
          ? [`${event.task}: ${describeProgress(task, now()).join(', ')}`]
          : [];
      }
      case 'preparing': {
        const task = board.preparing.get(event.what);
        return task && saysProgress(event.what, 0)
          ? [`${event.what}: ${describeProgress(task, now()).join(', ')}`]
          : [];
      }
      case 'notice':
        return [`${event.task === undefined ? '' : `${event.task}: `}${printable(event.text)}`];
      default:
        return [];
    }
  };

  return {
    show: (event) => {
      // Ends are told with what was known while the task ran; everything else with what is known after the event.
      const ending = endingLines(event, options);
      board.apply(event, now());
      for (const line of [...ending, ...linesOf(event)]) output.write(`${line}\n`);
    },
    say: (text) => output.write(`${text}\n`),
    close: () => {},
  };
}

function endingLines(event: RunEvent, options: DisplayOptions): string[] {
  const task = 'task' in event && event.task !== undefined ? options.board.running.get(event.task) : undefined;
  if (event.kind === 'finished') {
    const words = describeFinish(event, task);
    const line = `${event.task}: done in ${formatDuration(event.seconds)}${words === '' ? '' : `: ${words}`}`;
    return [line, ...describeSkips(event).map((skip) => `    ${skip}`)];
  }
  if (event.kind === 'failed') {
    const { title, lines } = describeFailed(event, options);
    const after = task ? ` after ${formatDuration((options.now() - task.since) / 1000)}` : '';
    return [`${event.task}: failed${after}: ${title}`, ...lines.map((line) => `    ${line}`)];
  }
  return [];
}
