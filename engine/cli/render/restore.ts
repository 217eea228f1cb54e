import type { RestoreAnswer } from '../../model/restore.ts';
import type { Output } from '../console.ts';
import { explainChange } from './change.ts';
import { printable } from './text.ts';
import { renderChange } from './why.ts';

type Paints = Pick<Output, 'paint'>;

/** The lines of the file as a patch shows them, what else changes with them, and what else is not as it was. */
export function renderRestore(answer: RestoreAnswer, { paint }: Paints): string {
  const { file, lines, besides } = answer;
  const said = lines.flatMap(({ from, removed, added }) => [
    paint.dim(`${file}:${from}`),
    ...removed.map((line) => paint.red(`- ${printable(line)}`)),
    ...added.map((line) => paint.green(`+ ${printable(line)}`)),
  ]);
  for (const { stage, changes } of besides) {
    said.push(`${stage} changes, too: ${changes.map(explainChange).join(', ')}`);
  }
  said.push(...renderDifferences(answer, { paint }));
  return said.map((line) => `${line}\n`).join('');
}

/** What the next run does. */
export function renderOutlook(answer: RestoreAnswer): string {
  const { file, lines, isWritten } = answer;
  const written = lines.length === 0 ? `${file} asks for it already` : isWritten ? 'written' : 'not written';
  return `${written}: ${outlook(answer)}\n`;
}

export function renderDifferences({ differences }: RestoreAnswer, { paint }: Paints): string[] {
  return differences.flatMap(({ task, changes }) => [
    `${paint.bold(task)} is not as it was`,
    ...changes.flatMap((change) => renderChange(change, paint, '  ')),
  ]);
}

function outlook({ decision, differences, try: { task, name } }: RestoreAnswer): string {
  if (decision === 'reuse') return `artifacts/ shows ${name} of ${task}`;
  if (decision === 'restore') return `flow run ${task} brings ${name} back without running anything`;
  if (differences.length === 0)
    return `the files of ${name} are not in the store any more: flow run ${task} makes it again`;
  return `flow run ${task} makes it again, with the parameters of ${name}`;
}
