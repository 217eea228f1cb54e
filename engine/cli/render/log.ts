import type { LogEntry } from '../../model/provenance.ts';
import type { Output } from '../console.ts';
import { formatAge, formatDuration } from './amounts.ts';
import { describeMaking } from './making.ts';
import { composeLine, padStartTo, padTo, printable, widthOf } from './text.ts';

/** A line a result, and below it what its task printed, where that was asked for. */
export function renderLog(
  entries: readonly LogEntry[],
  { paint, size }: Pick<Output, 'paint' | 'size'>,
  now: number,
): string {
  if (entries.length === 0) return 'nothing has been made yet\n';
  const width = Math.min(36, Math.max(16, ...entries.map(({ task }) => widthOf(task))));
  const lines = entries.flatMap(({ task, run, startedAt, seconds, key, text, ...more }) => {
    const cells = [
      { text: padTo(task, width), paint: paint.bold },
      { text: padStartTo(formatDuration(seconds), 12) },
      { text: padStartTo(formatAge((now - startedAt) / 1000), 13) },
      { text: `  ${run}  ${key.slice(0, 8)}`, paint: paint.dim },
    ];
    const printed = text === undefined ? [] : text.trimEnd().split('\n').filter(Boolean).map(printable);
    if (text?.trim() === '') printed.push('(it printed nothing)');
    const told = describeMaking(more).map((line) => `  ${paint.yellow(line)}`);
    return [composeLine(cells, size().columns).trimEnd(), ...told, ...printed.map((line) => `  ${line}`)];
  });
  return `${lines.join('\n')}\n`;
}
