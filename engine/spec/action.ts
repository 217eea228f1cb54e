import { fillCommand } from '../model/command.ts';
import type { Json, JsonObject } from '../model/names.ts';
import type { Action } from '../model/spec.ts';
import { lookUp, parseTemplate } from '../model/template.ts';
import { checkCommandText, readText, wrongType } from './read.ts';
import { knownNow, resolve, type Scope } from './scope.ts';
import { quotedAlone } from './shell-quotes.ts';
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
    return fill(text, known);
  }
  if (resolved.kind === 'map' || resolved.elements.length === 0) return wrongType(resolved, 'a command', scope.report);
  const texts = resolved.elements.map((element) => checkCommandText(element, scope));
  if (texts.includes(undefined)) return undefined;
  return fill(texts as string[], known);
}

function fill(text: string | readonly string[], known: JsonObject): Action {
  const command = fillCommand(text, known, { partial: true });
  const variables: Record<string, Json> = {};
  for (const { parts } of [text].flat().map(parseTemplate)) {
    for (const part of parts) {
      const value = part.kind === 'variable' ? lookUp(part.path, known) : undefined;
      if (part.kind === 'variable' && value !== undefined) put(variables, part.path, value);
    }
  }
  return Object.keys(variables).length > 0
    ? { kind: 'run', command, written: { command: text, variables } }
    : { kind: 'run', command };
}

/** Where a map is named as a whole and by a part, the whole holds the part. */
function put(map: Record<string, Json>, [name = '', ...rest]: readonly string[], value: Json): void {
  const held = map[name];
  const inner: Record<string, Json> = isMap(held) ? { ...held } : {};
  if (rest.length > 0) put(inner, rest, value);
  map[name] = rest.length > 0 ? inner : value;
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function warnOfQuotes(scalar: YamlScalar, text: string, { report }: Scope): void {
  for (const around of quotedAlone(text)) {
    const source = around.slice(1, -1);
    const message = `${source} is quoted for the shell already, which quotes around it undo`;
    report.warning({ code: 'quoted-twice', at: report.inside(scalar, around), message, hint: `write ${source} alone` });
  }
}
