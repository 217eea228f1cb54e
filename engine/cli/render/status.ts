import type { StatusAnswer, TaskStatus } from '../../model/inspection.ts';
import type { Output } from '../console.ts';
import { formatAge, formatBytes, formatCount, formatDuration } from './amounts.ts';
import { listNames } from './summary.ts';
import { composeLine, padStartTo, padTo, widthOf } from './text.ts';

/** A line a task that artifacts/ shows, and below it whose settings these are and what was never made. */
export function renderStatus(
  answer: StatusAnswer,
  { paint, size }: Pick<Output, 'paint' | 'size'>,
  now: number,
): string {
  const nameWidth = Math.min(36, Math.max(16, ...answer.tasks.map(({ task }) => widthOf(task))));
  const lines = answer.tasks.map((task) => {
    const cells = [
      task.inPlace ? { text: '✓ ', paint: paint.green } : { text: '! ', paint: paint.yellow },
      { text: padTo(task.task, nameWidth) },
      { text: padStartTo(formatDuration(task.seconds), 11) },
      { text: padStartTo(formatBytes(bytesOf(task)), 9) },
      { text: padStartTo(formatAge((now - task.startedAt) / 1000), 13) },
      { text: task.inPlace ? '' : '  its files are missing or changed' },
      { text: task.kept ? '  kept by choice' : '' },
    ];
    return composeLine(cells, size().columns);
  });
  if (answer.tasks.length === 0) lines.push(`artifacts/ shows nothing of ${answer.pipeline} yet; flow run makes it`);
  const settings = describeSettings(answer.settings);
  if (settings !== '') lines.push(`made with ${settings}`);
  if (answer.never.length > 0 && answer.tasks.length > 0) {
    lines.push(paint.dim(`not there: ${listNames(answer.never)} (${formatCount(answer.never.length, 'task')})`));
  }
  lines.push(paint.dim(`.flow/ holds ${formatBytes(answer.storeBytes)}`));
  return `${lines.join('\n')}\n`;
}

function bytesOf(task: TaskStatus): number {
  return Object.values(task.outputs).reduce((sum, output) => sum + (output?.bytes ?? 0), 0);
}

export function describeSettings(settings: StatusAnswer['settings']): string {
  const profile = settings?.profile === undefined ? [] : [`--profile ${settings.profile}`];
  const set = (settings?.set ?? []).map(({ path, value }) => {
    return `--set ${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`;
  });
  return [...profile, ...set].join(' ');
}
