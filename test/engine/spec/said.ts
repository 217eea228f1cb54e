import { expandPipeline } from '../../../engine/graph/expand.ts';
import type { Diagnostic } from '../../../engine/model/diagnostic.ts';
import type { PipelineSettings } from '../../../engine/model/spec.ts';
import { type ParsedPipeline, parsePipeline } from '../../../engine/spec/pipeline.ts';

/** A diagnostic in one line: `3:5+4 code: message (hint)`, a warning with `!` before its code. */
export function line({ at, severity, code, message, hint }: Diagnostic): string {
  const place = at ? `${at.line}:${at.column}+${at.length} ` : '';
  return `${place}${severity === 'warning' ? '!' : ''}${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}

export function parse(text: string, settings: Partial<PipelineSettings> = {}): ParsedPipeline {
  return parsePipeline({ file: 'pipeline.yaml', text, settings: { set: [], ...settings } });
}

/** What is said of the text itself. */
export function said(text: string, settings: Partial<PipelineSettings> = {}): readonly string[] {
  return parse(text, settings).diagnostics.map(line);
}

/** What the graph says of a text that has no fault of its own. */
export function saidOfGraph(text: string): readonly string[] {
  const { spec, diagnostics } = parse(text);
  if (!spec || diagnostics.length > 0) return diagnostics.map(line);
  return expandPipeline(spec).diagnostics.map(line);
}

/** One sound stage around which a case is written: `stages: { a: {use: a.ts, out: o, KEYS} }`. */
export function stageWith(keys: string): string {
  return `stages:\n  a:\n    use: a.ts\n    out: o.txt\n${keys
    .split('\n')
    .map((key) => `    ${key}\n`)
    .join('')}`;
}
