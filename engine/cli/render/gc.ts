import type { GcAnswer, Pile, PileKind } from '../../model/upkeep.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from './amounts.ts';
import type { Paint } from './paint.ts';
import { listNames } from './summary.ts';
import { padStartTo, padTo } from './text.ts';

const mostPiles = 12;
const mostEdited = 10;

/** What goes, what stays and why, in sizes. */
export function renderGc(
  answer: GcAnswer,
  style: { readonly paint: Paint; readonly nameFile: (path: string) => string },
) {
  const { paint, nameFile } = style;
  const { dryRun, before, after, maxBytes, reached, kept, edited, living } = answer;
  const dropped = [...answer.dropped].sort((a, b) => b.bytes - a.bytes);
  const lines: string[] = [];
  if (dropped.length === 0) lines.push('nothing to drop');
  else lines.push(`${dryRun ? 'would drop' : 'dropped'} ${formatBytes(before - after)} of ${formatBytes(before)}:`);
  for (const pile of dropped.slice(0, mostPiles)) lines.push(row(pile.bytes, describePile(pile)));
  if (dropped.length > mostPiles) {
    const rest = dropped.slice(mostPiles);
    lines.push(
      row(
        rest.reduce((sum, { bytes }) => sum + bytes, 0),
        `${formatNumber(rest.length)} more`,
      ),
    );
  }
  lines.push(`${dryRun ? 'would stay' : 'stays'}: ${formatBytes(after)}`);
  lines.push(row(kept.current, 'what artifacts/ shows'));
  lines.push(row(kept.results, 'other results'));
  lines.push(row(kept.checkpoints, 'checkpoints'));
  lines.push(row(kept.rest, 'records, index, journals, logs and caches'));
  if (edited.length > 0) {
    lines.push(row(kept.edited, 'files that you changed, moved aside; only you remove them:'));
    for (const { path } of edited.slice(0, mostEdited)) lines.push(`${' '.repeat(12)}${nameFile(path)}`);
    if (edited.length > mostEdited) lines.push(`${' '.repeat(12)}and ${edited.length - mostEdited} more`);
  }
  if (living.length > 0) {
    const runs = living.length === 1 ? `run ${living[0]} goes on` : `runs ${listNames(living)} go on`;
    lines.push(paint.yellow(`${runs}: what may be needed there stays; another gc afterwards finds more`));
  }
  if (!reached) {
    lines.push(paint.red(`this is more than ${formatBytes(maxBytes ?? 0)}, since nothing else may go`));
  }
  return `${lines.join('\n')}\n`;
}

function row(bytes: number, text: string): string {
  return `  ${padStartTo(formatBytes(bytes), 8)}  ${text}`;
}

const nouns: Readonly<Record<PileKind, string>> = {
  attempt: 'attempt of a dead run',
  unused: 'object that no result names',
  bundle: "bundle of a stage's former code",
  cache: 'file of a cache',
  damaged: 'damaged file',
  log: 'log folder',
  checkpoint: 'checkpoint',
  result: 'result',
  item: 'item',
  record: 'record of an item whose file is gone or that was made again',
  journal: 'report of progress in an old journal',
};

function describePile({ kind, name, count, seconds }: Pile): string {
  const again = seconds >= 0.05 ? `, ${formatDuration(seconds)} to make again` : '';
  const noun = nouns[kind];
  const plural = count === 1 ? noun : noun.replace(/^\w+/, (word) => (word.endsWith('s') ? `${word}es` : `${word}s`));
  const counted = kind === 'damaged' || kind === 'log' ? formatCount(count, noun) : `${count} ${plural}`;
  return kind === 'result' || kind === 'item' || kind === 'checkpoint'
    ? `${padTo(name, 16)} ${counted}${again}`
    : counted;
}
