/** Filling in variables where the YAML is read, with a diagnostic for each name that is not there. */
import type { Json, JsonObject } from '../model/names.ts';
import { suggest } from '../model/similar.ts';
import { fillTemplate, lookUp, parseTemplate, protectTemplate, type TemplatePart } from '../model/template.ts';
import type { Report } from './report.ts';
import { describe, placeJson, type YamlScalar, type YamlValue } from './yaml-value.ts';

export interface Scope {
  readonly report: Report;
  /** The pipeline's variables, with their values. */
  readonly variables: JsonObject;
  /** Names that are filled in later, with an example of what they will hold; absent where none are. */
  readonly later?: JsonObject;
  /** Names whose faults are reported already: what uses them is passed over in silence. */
  readonly spoiled: Pick<ReadonlySet<string>, 'has'>;
  /** Names of stages, which are no variables. */
  readonly stages?: ReadonlySet<string>;
  /** The text is a command, in which a list is several words, null is none, and a dollar may be the shell's. */
  readonly command?: boolean;
}

/**
 * The value with every variable filled in that is known now. Undefined after a diagnostic.
 * Where the scope has `later`, texts in the result are templates still, protected where they need it.
 */
export function evaluate(value: YamlValue, scope: Scope): Json | undefined {
  if (value.kind === 'scalar') return evaluateScalar(value, scope);
  if (value.kind === 'list') {
    const elements = value.elements.map((element) => evaluate(element, scope));
    return elements.includes(undefined) ? undefined : (elements as Json[]);
  }
  const entries = value.entries.map(({ key, value: held }) => [key, evaluate(held, scope)] as const);
  return entries.some(([, held]) => held === undefined) ? undefined : (Object.fromEntries(entries) as JsonObject);
}

/** Texts of a command are filled in by fillCommand instead: here they are only checked. */
export function checkTemplate(scalar: YamlScalar, scope: Scope): boolean {
  if (typeof scalar.value !== 'string') return true;
  const { whole, parts } = parseTemplate(scalar.value);
  const sound = parts.map((part) => part.kind === 'text' || checkPart(part, { scalar, scope, whole }));
  if (!whole && !scope.command) warnOfBareNames(scalar, scope);
  return !sound.includes(false);
}

function evaluateScalar(scalar: YamlScalar, scope: Scope): Json | undefined {
  if (typeof scalar.value !== 'string') return scalar.value;
  if (!checkTemplate(scalar, scope)) return undefined;
  return fillTemplate(scalar.value, knownNow(scope), { partial: scope.later !== undefined });
}

/** The pipeline's variables without those that a later name hides. */
export function knownNow({ variables, later }: Scope): JsonObject {
  if (!later || !Object.keys(later).some((name) => Object.hasOwn(variables, name))) return variables;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !Object.hasOwn(later, name)));
}

/**
 * What a variable as a whole value stands for, so that it can be read like YAML written in its place: a map, a list,
 * a text. `$name?` hands its `?` on to the texts. Undefined after a diagnostic.
 */
export function resolve(value: YamlValue, scope: Scope): YamlValue | undefined {
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return value;
  const { whole, optional, parts } = parseTemplate(value.value);
  const [part] = parts;
  if (!whole || part?.kind !== 'variable') return value;
  if (!checkPart(part, { scalar: value, scope, whole })) return undefined;
  const found = lookUp(part.path, knownNow(scope));
  if (found === undefined) return value;
  return placeJson(protectTemplate(optional ? markOptional(found) : found), value.at);
}

function markOptional(value: Json): Json {
  if (typeof value === 'string') return value.endsWith('?') ? value : `${value}?`;
  return Array.isArray(value) ? value.map(markOptional) : value;
}

interface PartPlace {
  readonly scalar: YamlScalar;
  readonly scope: Scope;
  readonly whole: boolean;
}

function checkPart(part: Exclude<TemplatePart, { kind: 'text' }>, { scalar, scope, whole }: PartPlace): boolean {
  const { report, variables, later = {}, spoiled, stages, command = false } = scope;
  const at = report.inside(scalar, part.source);
  if (part.kind === 'malformed') {
    const hint = `write \${name} or \${name.part}; for the text itself write $${part.source}`;
    report.error({ code: 'bad-template', at, message: `'${part.source}' names no variable`, hint });
    return false;
  }
  const [head = ''] = part.path;
  if (spoiled.has(head) && !Object.hasOwn(later, head)) return false;
  const names = { ...variables, ...later };
  const value = lookUp(part.path, names);
  if (value === undefined) {
    const { message, hint: own } = unknownName(part.path, names, command && !whole);
    const hint = stages?.has(head) ? nameStage(head, command) : own;
    // A value of the command line has no place in the file that would tell where it came from.
    report.error({ code: 'unknown-variable', at, message: at ? message : `--set: ${message}`, hint });
    return false;
  }
  const fits =
    whole || value === null ? whole || command : typeof value !== 'object' || (command && Array.isArray(value));
  if (fits) return true;
  const kind = value === null ? 'null' : describe(placeJson(value, null));
  const hint = Array.isArray(value) || value === null ? undefined : suggestPart(part.path, value as JsonObject);
  report.error({
    code: 'not-a-text',
    at,
    message: `${part.source} is ${kind}, which cannot stand inside a text`,
    hint,
  });
  return false;
}

function suggestPart(path: readonly string[], value: JsonObject): string | undefined {
  // What a command wants of an item, whose other parts only name it.
  const first = Object.hasOwn(value, 'path') ? 'path' : Object.keys(value)[0];
  return first === undefined ? undefined : `name one of its parts, such as \${${[...path, first].join('.')}}`;
}

function unknownName(
  path: readonly string[],
  names: JsonObject,
  shell: boolean,
): { message: string; hint?: string | undefined } {
  let depth = 1;
  while (depth < path.length && lookUp(path.slice(0, depth), names) !== undefined) depth += 1;
  const parent = lookUp(path.slice(0, depth - 1), names);
  const part = path[depth - 1] ?? '';
  const candidates = parent !== null && typeof parent === 'object' && !Array.isArray(parent) ? Object.keys(parent) : [];
  const own = suggest(part, candidates);
  if (depth > 1) return { message: `'${path.slice(0, depth - 1).join('.')}' has no part '${part}'`, hint: own };
  const message = `there is no variable '${part}'`;
  if (['in', 'out', 'with'].includes(part))
    return { message: `${message} here`, hint: 'only run: may use in, out and with' };
  const hint = shell && !own?.startsWith('did') ? `for a variable of the shell write $\${${path.join('.')}}` : own;
  return { message, hint };
}

function nameStage(stage: string, command: boolean): string {
  return command
    ? `${stage} is a stage: declare what it makes under in:, and write \${in.NAME} here`
    : `${stage} is a stage, and what it makes is named without $: ${stage}.OUT`;
}

function warnOfBareNames(scalar: YamlScalar, { report, variables, later = {} }: Scope): void {
  for (const [source, name = ''] of String(scalar.value).matchAll(/(?<![\w$])\$([A-Za-z_][\w-]*)/g)) {
    if (!Object.hasOwn(variables, name) && !Object.hasOwn(later, name)) continue;
    const message = `'${source}' inside a text stands for itself, not for the variable`;
    report.warning({ code: 'bare-name', at: report.inside(scalar, source), message, hint: `write \${${name}}` });
  }
}
