import { DiagnosticError } from '../../engine/model/diagnostic.ts';

/** For what may be asked of every artifact, made or not: undefined of those that never were. */
export function unlessNeverMade(error: unknown): undefined {
  if (error instanceof DiagnosticError) return undefined;
  throw error;
}
