import type { StoreFault, VerifyAnswer } from '../../model/upkeep.ts';
import { formatBytes, formatCount, formatDuration } from './amounts.ts';
import type { Paint } from './paint.ts';
import { listNames } from './summary.ts';

export interface VerifyStyle {
  readonly paint: Paint;
  /** A path of the project, as it is to be shown. */
  readonly nameFile: (path: string) => string;
}

/** A line a fault with what it belongs to, what the next run does, and a last line with all in figures. */
export function renderVerify(answer: VerifyAnswer, { paint, nameFile }: VerifyStyle): string {
  const lost = answer.faults.filter(({ healedFrom }) => healedFrom === undefined);
  const lines = answer.faults.flatMap((fault) => {
    const mark = fault.healedFrom === undefined ? paint.red('✗') : paint.yellow('!');
    const kept = fault.movedTo === undefined ? [] : [`    its damaged contents lie at ${nameFile(fault.movedTo)}`];
    return [`${mark} ${describeFault(fault)}`, ...kept.map(paint.dim)];
  });
  for (const { task, decision, expectedSeconds } of answer.next) {
    const price = expectedSeconds === undefined ? '' : ` (about ${formatDuration(expectedSeconds)})`;
    lines.push(`  ${task}: ${forecasts[decision]}${decision === 'reuse' || decision === 'restore' ? '' : price}`);
  }
  if (lost.some(({ of, tasks }) => of === 'object' && !tasks.some((task) => isNext(task, answer)))) {
    lines.push('  what no task of this pipeline names any more is made again when a run comes to want it');
  }
  const amount = `${formatCount(answer.objects, 'object')}, ${formatBytes(answer.bytes)}, read in ${formatDuration(answer.seconds)}`;
  const dropped =
    answer.dropped === 0 ? '' : `; ${formatCount(answer.dropped, 'object')} that flow gc dropped are not there`;
  const healed = answer.faults.length - lost.length;
  const verdict =
    lost.length > 0
      ? paint.red(`${formatCount(lost.length, 'fault')}${healed > 0 ? ` and ${healed} healed` : ''}`)
      : healed > 0
        ? paint.green(`sound again: ${formatCount(healed, 'fault')} healed`)
        : paint.green('the store is sound');
  return `${[...lines, `${verdict}: ${amount}${dropped}`].join('\n')}\n`;
}

const forecasts: Readonly<Record<VerifyAnswer['next'][number]['decision'], string>> = {
  reuse: 'artifacts/ shows it whole, so that the next run has nothing to do; it cannot be brought back once changed',
  restore: 'the next run brings back what is whole and makes the rest again',
  keep: 'the next run shows it as it is',
  run: 'the next run makes it again',
  wait: 'the next run makes it again, unless what it rests on comes out as before',
  fail: 'it cannot be made at present, as flow why tells',
};

function isNext(task: string, { next }: VerifyAnswer): boolean {
  return next.some((one) => one.task === task);
}

function describeFault({ of, what, owners, path, digest, healedFrom }: StoreFault): string {
  const healed = healedFrom === undefined ? '' : `, healed from ${healedFrom}`;
  if (of === 'index') return `the index was damaged${healed}`;
  if (of === 'records') {
    const back = owners.length === 0 ? '' : ` (${listNames(owners)})`;
    return `lines of ${path} are damaged${healed === '' ? '; what they recorded is made again when it is wanted' : `${healed}${back}`}`;
  }
  const owner = owners.length === 0 ? 'what no record names' : listNames(owners);
  return `${owner}: its object ${digest?.slice(0, 12)} is ${what}${healed}`;
}
