import type { Diagnostic, Position } from '../../model/diagnostic.ts';
import { formatCount } from './amounts.ts';
import type { Paint } from './paint.ts';
import { widthOf } from './text.ts';

export interface DiagnosticStyle {
  readonly paint: Paint;
  readonly columns: number;
  /** Texts of the files, by the name that the diagnostics use. */
  readonly sources: ReadonlyMap<string, string>;
  /** A file's name as it is to be shown, from the folder in which the command was given. */
  readonly nameFile: (file: string) => string;
}

/** More would drive the first ones out of the terminal, and mostly they have one cause. */
const mostShown = 10;

/** The first diagnostics, errors before warnings, each with its place, its line and a hint, and a count of them all. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], style: DiagnosticStyle): string {
  const sorted = inOrder(diagnostics);
  const shown = new Set([...sorted.filter(isError), ...sorted.filter((one) => !isError(one))].slice(0, mostShown));
  const blocks = sorted.filter((one) => shown.has(one)).map((diagnostic) => renderDiagnostic(diagnostic, style));
  const rest = sorted.filter((one) => !shown.has(one));
  if (rest.length > 0) blocks.push(`and ${countKinds(rest, 'more ')}\n`);
  const total = diagnostics.length > 1 ? `\n${countKinds(diagnostics)}\n` : '';
  return blocks.join('\n') + total;
}

function countKinds(diagnostics: readonly Diagnostic[], more = ''): string {
  const errors = diagnostics.filter(isError).length;
  const counts = [[errors, 'error'] as const, [diagnostics.length - errors, 'warning'] as const];
  return counts.flatMap(([count, kind]) => (count > 0 ? [formatCount(count, more + kind)] : [])).join(', ');
}

function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}

function renderDiagnostic(diagnostic: Diagnostic, style: DiagnosticStyle): string {
  const { paint } = style;
  const { file, at } = diagnostic;
  const place = file === undefined ? '' : `${style.nameFile(file)}${at ? `:${at.line}:${at.column}` : ''}: `;
  const severity = diagnostic.severity === 'error' ? paint.red('error') : paint.yellow('warning');
  const lines = [`${paint.bold(place)}${severity}: ${diagnostic.message} ${paint.dim(`[${diagnostic.code}]`)}`];
  const source = file !== undefined && at ? style.sources.get(file)?.split('\n')[at.line - 1] : undefined;
  if (source !== undefined && at)
    lines.push(...renderExcerpt(source.replace(/\r$/, ''), at, diagnostic.severity, style));
  if (diagnostic.hint !== undefined) lines.push(...diagnostic.hint.split('\n').map((line) => `  ${paint.cyan(line)}`));
  return `${lines.join('\n')}\n`;
}

/** The line, and carets below the part that is meant. */
function renderExcerpt(line: string, at: Position, severity: Diagnostic['severity'], style: DiagnosticStyle): string[] {
  const { paint } = style;
  const number = String(at.line);
  const room = Math.max(20, style.columns - number.length - 6);
  const start = at.column - 1;
  // A long line is shown from shortly before the part that is meant.
  const from = widthOf(line) > room && start > room / 2 ? start - Math.floor(room / 3) : 0;
  const shown = show(line.slice(from));
  const excerpt = (from > 0 ? '…' : '') + (shown.length > room ? `${shown.slice(0, room - 1)}…` : shown);
  const indent = widthOf((from > 0 ? '…' : '') + show(line.slice(from, start)));
  const carets = Math.max(1, Math.min(widthOf(show(line.slice(start, start + at.length))), room - indent));
  const colour = severity === 'error' ? paint.red : paint.yellow;
  return [
    `  ${paint.dim(`${number} │`)} ${excerpt}`,
    `  ${paint.dim(`${' '.repeat(number.length)} │`)} ${' '.repeat(indent)}${colour('^'.repeat(carets))}`,
  ];
}

function show(text: string): string {
  return text.replaceAll('\t', '  ');
}

/** By file and place, as they stand; what has no place comes first. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(
    (a, b) =>
      compareTexts(a.file ?? '', b.file ?? '') ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
