import type { Diagnostic, DiagnosticCode, Position } from '../model/diagnostic.ts';
import type { Place, YamlScalar } from './yaml-value.ts';

export interface Fault {
  readonly code: DiagnosticCode;
  /** Null where the fault lies on the command line. */
  readonly at: Place;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Collects what is wrong with one file. */
export interface Report {
  readonly error: (fault: Fault) => void;
  readonly warning: (fault: Fault) => void;
  /** The place of a part of a text, or of the whole text where its source is written in another way. */
  readonly inside: (text: YamlScalar, part: string) => Place;
  /** In the order of the file; the command line's come first. */
  readonly diagnostics: () => readonly Diagnostic[];
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly position: (from: number, to: number) => Position;
}

export function createReport({ file, text, position }: Source): Report {
  // By place and words, since an anchor's contents are read once for every alias.
  const collected = new Map<string, Diagnostic>();
  const faulty = new Set<string>();
  const add = (severity: Diagnostic['severity'], { code, at, message, hint }: Fault) => {
    const place = `${at?.line}:${at?.column}`;
    // What could not be read holds nothing, which is then not what is wanted there: one fault, said once.
    if (faulty.has(place) && (code === 'wrong-type' || code === 'null-reference')) return;
    if (severity === 'error') faulty.add(place);
    collected.set(`${place} ${code} ${message}`, {
      code,
      severity,
      message,
      ...(at && { file, at }),
      ...(hint !== undefined && { hint }),
    });
  };
  return {
    error: (fault) => add('error', fault),
    warning: (fault) => add('warning', fault),
    inside: ({ at, range }, part) => {
      if (!range) return at;
      const offset = text.slice(...range).indexOf(part);
      return offset < 0 ? at : position(range[0] + offset, range[0] + offset + part.length);
    },
    diagnostics: () => [...collected.values()].sort(byPlace),
  };
}

function byPlace(one: Diagnostic, other: Diagnostic): number {
  return (one.at?.line ?? 0) - (other.at?.line ?? 0) || (one.at?.column ?? 0) - (other.at?.column ?? 0);
}
