import type { DiagnosticCode } from '../model/diagnostic.ts';
/** A diagnostic without its place: one text may stand at many. */
export interface Fault {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
}
