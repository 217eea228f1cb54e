import type { Diagnostic } from '../../model/diagnostic.ts';
import type { RunEvent } from '../../model/event.ts';
import type { Output } from '../console.ts';
import type { Board } from './board.ts';

/** Shows a run while it goes on: on a terminal or in a pipe. */
export interface Display {
  /** Shows an event and applies it to the board. */
  readonly show: (event: RunEvent) => void;
  /** A sentence of the command line's own. */
  readonly say: (text: string) => void;
  /** Leaves the terminal as it was; may be called twice. */
  readonly close: () => void;
}

export interface DisplayOptions {
  readonly output: Output;
  readonly board: Board;
  readonly now: () => number;
  /** A path relative to the project, as it is to be shown. */
  readonly nameFile: (path: string) => string;
  readonly renderDiagnostics: (diagnostics: readonly Diagnostic[]) => string;
}

/** Events that need no display: a run of these alone is told by its summary. */
export function isQuiet(event: RunEvent): boolean {
  return event.kind === 'run-started' || event.kind === 'reused' || event.kind === 'run-finished';
}
