import type { DiagnosticCode } from './diagnostic-code.ts';

export type { DiagnosticCode } from './diagnostic-code.ts';

/** Where something stands in a file; lines and columns count from 1, columns and length in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** A fault in the user's YAML, data or command line: collected and shown together, never thrown one by one. */
export interface Diagnostic {
  /** Stable; docs/errors.md explains each. */
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  /** What is wrong, in a sentence without its place. */
  readonly message: string;
  /** The file as the user named it; absent where the fault lies in no file. */
  readonly file?: string;
  readonly at?: Position;
  /** What to do: `did you mean 'resize'?` */
  readonly hint?: string;
}

/** Carries diagnostics through code that has nothing else to return; caught by the command line. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}
