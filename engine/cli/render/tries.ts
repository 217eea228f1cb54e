import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Json } from '../../model/names.ts';
import type { TriesAnswer, Try } from '../../model/provenance.ts';
import { suggest } from '../../model/similar.ts';
import type { Output } from '../console.ts';
import { commandLineError } from '../invocation.ts';
import { formatAge, formatDuration } from './amounts.ts';
import { composeLine, padTo, widthOf } from './text.ts';

/** By a figure with the greatest first (the last part of its name will do), by time or by age with the least first. */
export function sortTries({ tries }: TriesAnswer, by: string | undefined): readonly Try[] | Diagnostic {
  if (by === undefined) return tries;
  if (by === 'time') return tries.toSorted((one, other) => one.seconds - other.seconds);
  if (by === 'age') return tries.toSorted((one, other) => other.at - one.at);
  const names = metricsOf(tries);
  const name = names.find((candidate) => candidate === by || candidate.endsWith(`.${by}`));
  if (name === undefined) {
    const known = ['time', 'age', ...names];
    return commandLineError(`no try has a figure '${by}'`, suggest(by, known) ?? `sort by ${known.join(', ')}`);
  }
  const rank = ({ metrics }: Try) => (typeof metrics[name] === 'number' ? metrics[name] : Number.NEGATIVE_INFINITY);
  return tries.toSorted((one, other) => rank(other) - rank(one));
}

/** A table: what was tried, its figures, and the values of those parameters that were not always the same. */
export function renderTries(
  { stages, tries }: TriesAnswer,
  { paint, size }: Pick<Output, 'paint' | 'size'>,
  now: number,
): string {
  if (tries.length === 0) return `nothing of ${stages.join(', ')} has been made yet\n`;
  const metrics = metricsOf(tries);
  const parameters = [...new Set(tries.flatMap((one) => Object.keys(one.parameters)))];
  const manyTasks = new Set(tries.map(({ task }) => task)).size > 1;
  const head = ['', 'try', ...(manyTasks ? ['task'] : []), ...metrics, 'time', 'made', ...parameters];
  const rows = tries.map((one) => [
    one.isNow ? '→' : '',
    one.name,
    ...(manyTasks ? [one.task] : []),
    ...metrics.map((name) => value(one.metrics[name])),
    formatDuration(one.seconds),
    formatAge((now - one.at) / 1000),
    ...parameters.map((name) => value(one.parameters[name])),
  ]);
  const widths = head.map((name, column) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? '')), widthOf(name)),
  );
  const write = (row: readonly string[], style?: (text: string) => string) =>
    composeLine(
      row.map((text, column) => ({
        text: `${padTo(text, widths[column] ?? 0)}  `,
        ...(style ? { paint: style } : {}),
      })),
      size().columns,
    ).trimEnd();
  const lines = [
    write(head, paint.dim),
    ...rows.map((row, index) => write(row, tries[index]?.isNow ? paint.green : undefined)),
  ];
  if (metrics.length === 0)
    lines.push(paint.dim(`figures stand here where a stage names them: metrics: { score: [mAP] } of its output score`));
  if (tries.some(({ isNow }) => isNow)) lines.push(paint.dim('→ is what pipeline.yaml asks for now'));
  return `${lines.join('\n')}\n`;
}

/** RFC 4180. */
export function tabulateTries(tries: readonly Try[]): string {
  const metrics = metricsOf(tries);
  const parameters = [...new Set(tries.flatMap((one) => Object.keys(one.parameters)))];
  const rows = tries.map((one) => [
    ...[one.name, one.task, one.run, new Date(one.at).toISOString(), String(one.seconds), one.isNow ? 'yes' : 'no'],
    ...metrics.map((name) => plain(one.metrics[name])),
    ...parameters.map((name) => plain(one.parameters[name])),
  ]);
  const head = ['try', 'task', 'run', 'made', 'seconds', 'now', ...metrics, ...parameters];
  const quote = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [head, ...rows].map((row) => `${row.map(quote).join(',')}\n`).join('');
}

function metricsOf(tries: readonly Try[]): string[] {
  return [...new Set(tries.flatMap(({ metrics }) => Object.keys(metrics)))];
}

function plain(one: Json | undefined): string {
  if (one === undefined) return '';
  return typeof one === 'string' ? one : JSON.stringify(one);
}

function value(one: Json | undefined): string {
  if (typeof one === 'number') return String(Number(one.toPrecision(5)));
  const text = plain(one);
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}
