import { quoteForShell } from '../model/command.ts';
import type { Decision } from '../model/decision.ts';
import { type Diagnostic, type DiagnosticCode, DiagnosticError } from '../model/diagnostic.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskNode } from '../model/task.ts';
import { planWith } from './plan.ts';
import type { Session } from './session.ts';

/** What a run under the present settings would find known; computing it here would be a run in disguise. */
export async function knownRecord(session: Session, task: TaskNode): Promise<ActionRecord> {
  const { tasks } = await planWith(session, [task.name]);
  const decision = tasks.find((planned) => planned.task === task.name)?.decision;
  if (decision?.kind === 'reuse' || decision?.kind === 'restore') return decision.record;
  const because = decision?.kind === 'run' ? decision.because : [];
  const lost = because.find((change) => change.kind === 'output-missing');
  if (lost?.dropped) {
    refuse('not-made', `flow gc dropped the result of ${task.name}`, `${commandFor(session, task)} makes it again`);
  }
  if (lost) {
    refuse(
      'damaged',
      `the stored result of ${task.name} is lost`,
      `${commandFor(session, task)} heals it or makes it again`,
    );
  }
  return refuse(
    'not-made',
    `${task.name} is not known under these settings${reason(decision)}`,
    `${commandFor(session, task)} makes it, flow why ${task.name} says what changed`,
  );
}

function reason(decision: Decision | undefined): string {
  if (decision?.kind === 'run') return ': it would run';
  return decision?.kind === 'wait' ? `: ${decision.on.join(', ')} would run before it` : '';
}

export function commandFor({ settings }: Session, { name }: TaskNode): string {
  const set = settings.set.map(({ path, value }) => {
    return `--set ${quoteForShell(`${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`)}`;
  });
  const profile = settings.profile === undefined ? [] : [`--profile ${quoteForShell(settings.profile)}`];
  return ['flow run', name, ...profile, ...set].join(' ');
}

export function refuse(code: DiagnosticCode, message: string, hint: string): never {
  const diagnostic: Diagnostic = { code, severity: 'error', message, hint };
  throw new DiagnosticError([diagnostic]);
}
