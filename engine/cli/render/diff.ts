import type { Change } from '../../model/decision.ts';
import type { Json, JsonObject } from '../../model/names.ts';
import type { DiffAnswer, MetricChange, ResultDiff, RowChanges } from '../../model/provenance.ts';
import type { Output } from '../console.ts';
import { formatCount, formatDuration } from './amounts.ts';
import { describeFiles, explainChange } from './change.ts';
import type { Paint } from './paint.ts';
import { describeSettings } from './status.ts';
import { listNames } from './summary.ts';
import { fitTo } from './text.ts';

/** Rows that are shown of each table. */
const mostRows = 5;

/** What differs: causes first, then figures, outputs and rows; tasks that differ in the same way stand together. */
export function renderDiff(answer: DiffAnswer, { paint, size }: Pick<Output, 'paint' | 'size'>): string {
  const lines: string[] = [];
  if (answer.settings) {
    const [before, after] = answer.settings.map((settings) => describeSettings(settings) || 'none');
    if (before !== after) lines.push(`settings: ${before} → ${after}`);
  }
  for (const group of groupEqual(answer.results)) lines.push(...renderResult(group, paint, size().columns));
  if (answer.added.length > 0) lines.push(`only in the second: ${listNames(answer.added)}`);
  if (answer.removed.length > 0) lines.push(`only in the first: ${listNames(answer.removed)}`);
  if (answer.same > 0) lines.push(paint.dim(`${formatCount(answer.same, 'task')} with the same result`));
  return `${lines.join('\n') || 'no difference'}\n`;
}

interface Group {
  readonly names: readonly string[];
  readonly results: readonly ResultDiff[];
}

function groupEqual(results: readonly ResultDiff[]): Group[] {
  const groups = new Map<string, { names: string[]; results: ResultDiff[] }>();
  for (const result of results) {
    const [stage] = result.after.task.split('@');
    const name = `${stage} ${causesOf(result).map(explainChange).join('\n')}`;
    const group = groups.get(name) ?? { names: [], results: [] };
    group.names.push(
      result.before.task === result.after.task ? result.after.task : `${result.before.task} → ${result.after.task}`,
    );
    group.results.push(result);
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** Inputs that other tasks made follow from what differs there. */
function causesOf({ changes }: ResultDiff): readonly Change[] {
  return changes.filter((change) => change.kind !== 'changed' || change.detail?.upstream === undefined);
}

function renderResult({ names, results }: Group, paint: Paint, columns: number): string[] {
  const [first] = results as readonly [ResultDiff, ...ResultDiff[]];
  const lines = [paint.bold(listNames(names, 6))];
  const causes = causesOf(first);
  const isEqual = results.every(({ before, after }) => before.key === after.key);
  lines.push(...causes.map((change) => `  ${paint.yellow('~')} ${explainChange(change)}`));
  if (causes.length === 0)
    lines.push(paint.dim(isEqual ? '  the same result' : '  other inputs, from the tasks above it'));
  for (const result of results) {
    const label = results.length > 1 ? `${result.after.task}: ` : '';
    for (const metric of result.metrics) lines.push(`  ${label}${renderMetric(metric, paint)}`);
    for (const output of result.outputs) {
      const name = output.name === 'out' ? 'output' : output.name;
      if (output.rows) lines.push(...renderRows(`${label}${name}`, output.rows, columns));
      else if (output.files) lines.push(`  ${label}${name}: ${describeFiles(output.files)}`);
    }
  }
  const seconds = (side: 'before' | 'after') => results.reduce((sum, result) => sum + result[side].seconds, 0);
  lines.push(paint.dim(`  took ${formatDuration(seconds('before'))} → ${formatDuration(seconds('after'))}`));
  return lines;
}

function renderMetric({ name, before, after }: MetricChange, paint: Paint): string {
  if (before === after) return paint.dim(`${name} ${value(before)}, the same`);
  const change = typeof before === 'number' && typeof after === 'number' ? after - before : undefined;
  const sign = change === undefined ? '' : `  (${change > 0 ? '+' : ''}${value(change)})`;
  return `${name} ${value(before)} → ${value(after)}${sign}`;
}

function renderRows(name: string, { column, added, removed, changed, same }: RowChanges, columns: number): string[] {
  const counts = [
    [changed.length, 'changed'],
    [added.length, 'added'],
    [removed.length, 'removed'],
    [same, 'the same'],
  ] as const;
  const words = counts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : []));
  const lines = [`  ${name}: rows ${words.join(', ')}`];
  for (const { before, after } of changed.slice(0, mostRows))
    lines.push(fitTo(`    ${value(after[column])}: ${differences(before, after)}`, columns));
  if (changed.length > mostRows) lines.push(`    and ${changed.length - mostRows} more`);
  return lines;
}

function differences(before: JsonObject, after: JsonObject): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => `${name} ${value(before[name])} → ${value(after[name])}`)
    .join(', ');
}

function value(one: Json | undefined): string {
  if (one === undefined) return '–';
  if (typeof one === 'number') return String(Number(one.toPrecision(5)));
  if (typeof one !== 'string') return JSON.stringify(one);
  // The cells of a CSV table are texts.
  return /^-?\d+\.\d{5,}$/.test(one) ? String(Number(Number(one).toPrecision(5))) : one;
}
