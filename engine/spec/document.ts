/** YAML text to values with places. Whether it is YAML is judged here; what it means is not. */
import { type Document, parseDocument } from 'yaml';
import type { Position } from '../model/diagnostic.ts';
import { bracesInFlow } from './braces.ts';
import { convertDocument } from './convert.ts';
import { readPlainYaml } from './plain-yaml.ts';
import { createReport, type Report } from './report.ts';
import type { YamlValue } from './yaml-value.ts';

export interface ParsedDocument {
  readonly report: Report;
  /** Absent where the text is no YAML. */
  readonly root?: YamlValue;
}

export function readDocument(file: string, text: string): ParsedDocument {
  const root = readPlainYaml(text);
  return root ? { report: createReport({ file, text, position: positionsIn(text) }), root } : judgeDocument(file, text);
}

/** By the library, which knows all of YAML and names what is none. */
export function judgeDocument(file: string, text: string): ParsedDocument {
  let source = text;
  let document = parseYaml(source);
  const position = positionsIn(text);
  const report = createReport({ file, text, position });
  if (document.errors.length > 0) {
    // A variable written `${name}` between braces or brackets breaks everything after it: said once, then read as `$name`.
    const found = bracesInFlow(source);
    for (const { from, to, name } of found) {
      report.error({
        code: 'braces-in-flow',
        at: position(from, to),
        message: `\${${name}} cannot stand unquoted between braces or brackets, where YAML reads its brace as a map`,
        hint: `write $${name}, or "\${${name}}" inside a text`,
      });
      source = `${source.slice(0, from)}${`$${name}`.padEnd(to - from)}${source.slice(to)}`;
    }
    if (found.length > 0) document = parseYaml(source);
  }
  sayErrors(document, report, position);
  if (document.errors.length > 0) return { report };
  return { report, root: convertDocument(document, report, position) };
}

/** As the pipeline is read, whoever asks. */
export function parseYaml(text: string): Document.Parsed {
  // convert.ts compares the keys, since it can name them, and carries out merges, which keeps their places.
  return parseDocument(text, { prettyErrors: false, uniqueKeys: false, resolveKnownTags: false });
}

function positionsIn(text: string): (from: number, to: number) => Position {
  let starts: readonly number[] | undefined;
  return (from, to) => {
    starts ??= lineStarts(text);
    return positionOf({ text, starts, from, to });
  };
}

/** yaml's own LineCounter loses lines where a bracket that is never closed spans several of them. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

interface Span {
  readonly text: string;
  readonly starts: readonly number[];
  readonly from: number;
  readonly to: number;
}

function positionOf({ text, starts, from, to }: Span): Position {
  const offset = Math.min(from, text.length);
  let [line, above] = [0, starts.length];
  while (above - line > 1) {
    const middle = (line + above) >> 1;
    if ((starts[middle] ?? 0) <= offset) line = middle;
    else above = middle;
  }
  const rest = text.slice(from, to);
  const end = rest.search(/[\r\n]/);
  const length = Math.max(1, end < 0 ? rest.length : end);
  return { line: line + 1, column: offset - (starts[line] ?? 0) + 1, length };
}

function sayErrors(document: Document.Parsed, report: Report, position: (from: number, to: number) => Position): void {
  for (const { pos, message } of document.warnings) {
    report.warning({ code: 'yaml', at: position(...pos), message: sentence(message) });
  }
  const exhausted = document.errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  if (exhausted) {
    report.error({ code: 'yaml-too-deep', at: position(...exhausted.pos), message: 'the YAML is nested too deeply' });
    return;
  }
  const lines = new Set<number>();
  for (const { pos, code, message } of document.errors) {
    // After a first error YAML loses its thread: what it then calls unexpected is not a second fault.
    if (lines.size > 0 && code === 'UNEXPECTED_TOKEN') continue;
    const at = position(...pos);
    if (lines.has(at.line)) continue;
    lines.add(at.line);
    if (code === 'MULTIPLE_DOCS') {
      report.error({ code: 'yaml', at, message: 'a pipeline is one YAML document; a second one begins here' });
    } else {
      report.error({ code: 'yaml', at, message: sentence(message) });
    }
  }
}

function sentence(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
