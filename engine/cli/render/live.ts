import type { RunEvent } from '../../model/event.ts';
import { formatCount, formatDuration, formatSeconds } from './amounts.ts';
import type { RunningTask } from './board.ts';
import type { Display, DisplayOptions } from './display.ts';
import { describeFailed, describeFinish, describeProgress, describeSkips } from './outcome.ts';
import { type Cell, composeLine, padStartTo, padTo, printable, widthOf } from './text.ts';

const hideCursor = '\x1b[?25l';
const showCursor = '\x1b[?25h';
const eraseToLineEnd = '\x1b[K';
const eraseBelow = '\x1b[J';
/** Milliseconds between two drawings that events cause. */
const leastTime = 40;

/** A live display that is redrawn from outside: at each event, at a clock's tick and when the terminal changes its size. */
export interface LiveDisplay extends Display {
  readonly redraw: () => void;
}

/**
 * Shows a line for each running task at the bottom of the terminal; what has finished scrolls away above.
 * Lines are overwritten in place and in one write, since clearing them first would flicker.
 */
export function createLiveDisplay(options: DisplayOptions): LiveDisplay {
  const { output, board, now } = options;
  /** Widths of the lines that stand at the bottom now. */
  let standing: number[] = [];
  /** Lines that will scroll away above with the next drawing. */
  let waiting: string[] = [];
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isOpen = true;

  const draw = (live: readonly string[]) => {
    const { columns } = output.size();
    // A terminal that became narrower has broken long lines into several rows.
    const rows = standing.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    const up = rows > 0 ? `\x1b[${rows}A` : '';
    const lines = [...waiting, ...live].map((line) => `${line}${eraseToLineEnd}\n`).join('');
    output.write(`${hideCursor}\r${up}${lines}${eraseBelow}${live.length === 0 ? showCursor : ''}`);
    standing = live.map((line) => widthOf(line));
    waiting = [];
    drawnAt = now();
  };
  const redraw = () => {
    if (isOpen) draw(liveLines(options));
  };
  const scroll = (lines: readonly string[]) => {
    waiting.push(...lines);
    // A thousand tasks of a few milliseconds are drawn by the clock, together.
    if (now() - drawnAt >= leastTime) redraw();
  };

  return {
    show: (event) => {
      const above = linesAbove(event, options);
      board.apply(event, now());
      // Progress is drawn by the clock: a task may report it a thousand times a second.
      if (event.kind !== 'progress' && event.kind !== 'preparing' && event.kind !== 'reused') scroll(above);
    },
    say: (text) => scroll(text.split('\n').map(output.paint.yellow)),
    redraw,
    close: () => {
      if (isOpen) draw([]);
      isOpen = false;
    },
  };
}

function linesAbove(event: RunEvent, options: DisplayOptions): string[] {
  const { board, output, now } = options;
  const { paint } = output;
  const { columns } = output.size();
  const indent = '    ';
  if (event.kind === 'finished') {
    const words = describeFinish(event, board.running.get(event.task));
    const cells = [
      { text: '✓ ', paint: paint.green },
      ...nameAndTime(event.task, formatDuration(event.seconds), options),
      { text: words, paint: paint.dim },
    ];
    return [composeLine(cells, columns), ...describeSkips(event).map((line) => indent + paint.dim(line))];
  }
  if (event.kind === 'failed') {
    const { title, lines } = describeFailed(event, options);
    const mark = event.retrying || event.failure.kind === 'interrupted' ? paint.yellow('! ') : paint.red('✗ ');
    const since = board.running.get(event.task)?.since;
    const elapsed = since === undefined ? '' : formatDuration((now() - since) / 1000);
    const [name, time] = nameAndTime(event.task, elapsed, options);
    return [`${mark}${paint.bold(name?.text ?? '')}${time?.text}${title}`, ...lines.map((line) => indent + line)];
  }
  if (event.kind === 'notice') {
    const prefix = event.task === undefined ? '' : `${event.task}: `;
    return [paint.yellow(`! ${prefix}${printable(event.text)}`)];
  }
  return [];
}

/** The columns that finished and running tasks share. */
function nameAndTime(name: string, time: string, { board }: DisplayOptions): Cell[] {
  const width = Math.min(36, Math.max(16, board.state().longestName));
  return [{ text: padTo(name, width) }, { text: `${padStartTo(time, 11)}  ` }];
}

function liveLines(options: DisplayOptions): string[] {
  const { board, output, now } = options;
  const { columns, rows } = output.size();
  const tasks = [...board.preparing, ...board.running] as [string, RunningTask][];
  const { tasks: total, settled, startedAt, summary } = board.state();
  if (summary !== undefined || (tasks.length === 0 && settled === total)) return [];
  // Two rows are left for the last line and for the cursor below it.
  const shown = tasks.slice(0, tasks.length > rows - 2 ? Math.max(1, rows - 3) : tasks.length);
  const lines = shown.map(([name, task]) => composeLine(runningCells(name, task, options), columns));
  if (shown.length < tasks.length) lines.push(output.paint.dim(`  and ${tasks.length - shown.length} more running`));
  const counted = total === 0 ? 'making ready' : `${settled} of ${formatCount(total, 'task')}`;
  const whole = `  ${counted}, ${formatSeconds((now() - startedAt) / 1000)}`;
  return [...lines, composeLine([{ text: whole, paint: output.paint.dim }], columns)];
}

function runningCells(name: string, task: RunningTask, options: DisplayOptions): Cell[] {
  const { paint } = options.output;
  const now = options.now();
  const cells: Cell[] = [{ text: '  ' }, ...nameAndTime(name, formatSeconds((now - task.since) / 1000), options)];
  const { progress } = task;
  if (progress === undefined) return [...cells, { text: task.attempt > 1 ? `attempt ${task.attempt}` : '' }];
  const { columns } = options.output.size();
  const bar = barCells(progress.done / Math.max(1, progress.total), columns >= 100 ? 20 : columns >= 70 ? 10 : 0);
  return [
    ...cells,
    { text: bar.filled, paint: paint.cyan },
    { text: bar.rest, paint: paint.dim },
    { text: describeProgress(task, now).join('  ') },
  ];
}

function barCells(share: number, width: number): { filled: string; rest: string } {
  if (width === 0) return { filled: '', rest: '' };
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return { filled: '━'.repeat(filled), rest: `${'─'.repeat(width - filled)}  ` };
}
