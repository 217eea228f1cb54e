import type { Price } from '../../model/planning.ts';
import { formatCount, formatDuration } from './amounts.ts';
import { describeChanges } from './change.ts';

export interface PriceText {
  /** What would be done again, and what it costs at most. */
  readonly title: string;
  /** By which stages and why, and the ways around it. */
  readonly lines: readonly string[];
}

export function describePrice({ seconds, causes, below }: Price, targets: readonly string[]): PriceText {
  const isDamage = (cause: Price['causes'][number]) => cause.because.some(({ kind }) => kind === 'output-damaged');
  const reasons = [
    ...(causes.some((cause) => !isDamage(cause)) ? ['code was edited'] : []),
    ...(causes.some(isDamage) ? ['a stored result is damaged'] : []),
  ];
  const title = `${reasons.join(', and ')}: at most ${formatDuration(seconds)} of work would be done again`;
  const lines: string[] = [];
  const stages = stagesOf(causes.map(({ task }) => task));
  for (const [stage, tasks] of stages) {
    const own = causes.filter(({ task }) => tasks.includes(task));
    const time = formatDuration(own.reduce((sum, cause) => sum + cause.seconds, 0));
    const because = describeChanges(
      own.flatMap((cause) => cause.because),
      4,
    );
    lines.push(`${nameStage(stage, tasks)}: ${time}, ${because}`);
  }
  if (below.length > 0) {
    const names = [...stagesOf(below)].map(([stage, tasks]) => nameStage(stage, tasks)).join(', ');
    lines.push(`and below, where results turn out to be others: ${names}`);
  }
  const edited = [...stagesOf(causes.filter((cause) => !isDamage(cause)).map(({ task }) => task)).keys()];
  if (edited.length > 0) {
    lines.push(`if the code does the same as before: flow accept ${edited.join(' ')} --because "…"`);
  }
  const keep = [...stages.keys()].join(',');
  if (edited.length > 0) {
    lines.push(`to use the last results as they are: flow run ${[...targets, '--keep', keep].join(' ')}`);
  }
  return { title, lines };
}

function stagesOf(tasks: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const stages = new Map<string, string[]>();
  for (const task of tasks) {
    const stage = task.split('@')[0] ?? task;
    stages.set(stage, [...(stages.get(stage) ?? []), task]);
  }
  return stages;
}

function nameStage(stage: string, tasks: readonly string[]): string {
  const [only] = tasks;
  return tasks.length === 1 && only !== undefined ? only : `${stage} (${formatCount(tasks.length, 'task')})`;
}
