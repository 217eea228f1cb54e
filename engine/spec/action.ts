import { fillCommand } from '../model/command.ts';
import type { Action } from '../model/spec.ts';
import { checkCommandText, readText, wrongType } from './read.ts';
import { knownNow, resolve, type Scope } from './scope.ts';
import type { YamlEntry, YamlScalar } from './yaml-value.ts';

interface ActionEntries {
  readonly use?: YamlEntry | undefined;
  readonly run?: YamlEntry | undefined;
  readonly stage: YamlEntry;
}

/** `use:` a module, or `run:` a command; one of the two. */
export function readAction({ use, run, stage }: ActionEntries, scope: Scope): Action | undefined {
  const { report } = scope;
  if (use && run) {
    const message = `the stage '${stage.key}' has both use: and run:`;
    report.error({ code: 'use-or-run', at: run.keyAt, message, hint: 'keep one of the two' });
  } else if (!use && !run) {
    const message = `the stage '${stage.key}' has neither use: nor run:`;
    const hint = 'say what it does: use: stages/NAME.ts, or run: a command';
    report.error({ code: 'use-or-run', at: stage.keyAt, message, hint });
  }
  if (use) {
    const module = readText(use.value, "a module's path", { ...scope, later: undefined, command: false });
    return module && { kind: 'use', module: module.text };
  }
  return run && readCommand(run, scope);
}

function readCommand({ value }: YamlEntry, scope: Scope): Action | undefined {
  const resolved = resolve(value, scope);
  if (!resolved) return undefined;
  const known = knownNow(scope);
  if (resolved.kind === 'scalar') {
    const text = checkCommandText(resolved, scope);
    if (text === undefined) return undefined;
    if (text.trim() === '') return wrongType(resolved, 'a command', scope.report);
    warnOfQuotes(resolved, text, scope);
    return { kind: 'run', command: fillCommand(text, known, { partial: true }) };
  }
  if (resolved.kind === 'map' || resolved.elements.length === 0) return wrongType(resolved, 'a command', scope.report);
  const texts = resolved.elements.map((element) => checkCommandText(element, scope));
  if (texts.includes(undefined)) return undefined;
  return { kind: 'run', command: fillCommand(texts as string[], known, { partial: true }) };
}

function warnOfQuotes(scalar: YamlScalar, text: string, { report }: Scope): void {
  for (const [around, , source = ''] of text.matchAll(/(["'])(\$\{[\w.-]+\})\1/g)) {
    const message = `${source} is quoted for the shell already, which quotes around it undo`;
    report.warning({ code: 'quoted-twice', at: report.inside(scalar, around), message, hint: `write ${source} alone` });
  }
}
