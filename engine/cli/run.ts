import type { RunEvent, RunSummary } from '../model/event.ts';
import type { Console } from './console.ts';
import type { Interrupts } from './interrupt.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { writeJson } from './json.ts';
import { type Board, createBoard } from './render/board.ts';
import { type Display, isQuiet } from './render/display.ts';
import { type ProjectView, withProject } from './with-project.ts';

/** `flow run`: shows the run as it goes on and answers with its outcome. */
export function execute(invocation: Invocation): Promise<ExitCode> {
  const { options, positionals } = invocation;
  const interrupts = invocation.listenForInterrupts();
  return withProject(invocation, async (view) => {
    const events = view.project.run({
      targets: positionals,
      force: options.force,
      keep: options.keep,
      ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
      failFast: options.failFast,
      trace: options.trace,
      confirm: async (price) => (await import('./confirm.ts')).confirmPrice(price, invocation),
      signal: interrupts.signal,
    });
    return options.json
      ? await printEvents(events, invocation)
      : await showEvents(events, { ...invocation, interrupts, view });
  });
}

/** One event a line. */
async function printEvents(events: AsyncIterable<RunEvent>, { console }: Invocation): Promise<ExitCode> {
  let summary: RunSummary | undefined;
  for await (const event of events) {
    writeJson(console.out, 'run', event);
    if (event.kind === 'run-finished') summary = event.summary;
  }
  return exitCodeOf(summary);
}

async function showEvents(
  events: AsyncIterable<RunEvent>,
  { console, interrupts, positionals, view }: Invocation & Pick<DisplayRequest, 'interrupts' | 'view'>,
): Promise<ExitCode> {
  const board = createBoard();
  let display: Display | undefined;
  try {
    for await (const event of events) {
      if (display === undefined && isQuiet(event)) {
        board.apply(event, console.now());
      } else {
        display ??= await openDisplay({ console, interrupts, board, view });
        display.show(event);
      }
    }
  } finally {
    display?.close();
  }
  const { summary } = board.state();
  if (summary) {
    const { renderSummary } = await import('./render/summary.ts');
    const { failed, blocked, kept } = board;
    console.out.write(
      renderSummary(summary, { targets: positionals, failed, blocked, kept, paint: console.out.paint }),
    );
  }
  return exitCodeOf(summary);
}

interface DisplayRequest {
  readonly console: Console;
  readonly interrupts: Interrupts;
  readonly board: Board;
  readonly view: ProjectView;
}

/** Loaded at the first task that runs: a run that finds everything up to date draws nothing. */
async function openDisplay({ console, interrupts, board, view }: DisplayRequest): Promise<Display> {
  const { out } = console;
  const { renderDiagnostics } = await import('./render/diagnostics.ts');
  const options = {
    output: out,
    board,
    now: console.now,
    nameFile: view.nameFile,
    renderDiagnostics: (list: Parameters<typeof renderDiagnostics>[0]) => renderDiagnostics(list, view.styleFor(out)),
  };
  const display = out.isTerminal
    ? (await import('./render/terminal.ts')).openTerminalDisplay(options)
    : (await import('./render/plain.ts')).createPlainDisplay(options);
  const stopping = 'Stopping: running tasks are being ended, what is finished is kept. Ctrl-C again ends at once.';
  interrupts.onFirst(() => display.say(stopping));
  interrupts.onSecond(() => display.close());
  return display;
}

function exitCodeOf(summary: RunSummary | undefined): ExitCode {
  if (summary === undefined || summary.outcome === 'interrupted') return 130;
  return summary.outcome === 'failed' ? 1 : 0;
}
