import type { AuditAnswer, Audited, Difference } from '../../model/upkeep.ts';
import { formatCount, formatDuration } from './amounts.ts';
import { describeFailure } from './failure.ts';
import type { Paint } from './paint.ts';
import { listNames } from './summary.ts';

/** A line for what failed or came out otherwise, then what was looked at and what was not. */
export function renderAudit(answer: AuditAnswer, paint: Paint): string {
  const { audited, undetermined, unavailable, seed, parts, interrupted } = answer;
  const lines = audited.flatMap((one) => {
    if (one.outcome === 'same') return [];
    const mark = one.outcome === 'differs' && one.expected ? paint.yellow('!') : paint.red('✗');
    return [`${mark} ${nameOf(one)}: ${describe(one)}`];
  });
  const same = audited.filter(({ outcome }) => outcome === 'same').length;
  if (undetermined.length > 0) {
    lines.push(paint.dim(`not looked at, since they say that they are not deterministic: ${listNames(undetermined)}`));
  }
  for (const reason of new Set(unavailable.map((one) => one.reason))) {
    const tasks = unavailable.filter((one) => one.reason === reason).map(({ task }) => task);
    lines.push(paint.dim(`cannot be looked at: ${listNames(tasks)} (${reason})`));
  }
  const seconds = audited.reduce((sum, one) => sum + one.seconds, 0);
  const part =
    parts > 1 ? `; part ${seed + 1} of ${parts}, the same again with --seed ${seed === 0 ? parts : seed}` : '';
  const head = interrupted ? paint.yellow('interrupted: ') : '';
  lines.push(
    `${head}${same} of ${formatCount(audited.length, 'result')} came out as recorded (${formatDuration(seconds)})${part}`,
  );
  return `${lines.join('\n')}\n`;
}

function nameOf({ task, item, out }: Audited): string {
  const output = out === undefined || out === 'out' ? task : `${task}.${out}`;
  return item === undefined ? output : `${output}: ${item}`;
}

function describe({ outcome, failure, difference, expected }: Audited): string {
  if (outcome === 'failed') return `failed: ${failure ? describeFailure(failure).title : ''}`;
  const where = difference ? describeDifference(difference) : '';
  return `comes out differently${expected ? ', as its stage says it may' : ''}${where}`;
}

function describeDifference(difference: Difference): string {
  const file = difference.path === '' ? '' : ` of ${difference.path}`;
  switch (difference.kind) {
    case 'line':
      return `, first at line ${difference.line}${file}: ${JSON.stringify(difference.before)} → ${JSON.stringify(difference.after)}`;
    case 'byte':
      return `, first at byte ${difference.offset}${file}`;
    case 'absent':
      return difference.from === 'record' ? `: ${difference.path} is new` : `: ${difference.path || 'it'} is not made`;
    default:
      return `${file}; its recorded contents are gone, so that nobody can say where`;
  }
}
