/** One value of pipeline.yaml, of the type that is wanted there or a diagnostic. All give undefined after one. */
import type { Position } from '../model/diagnostic.ts';
import { suggest } from '../model/similar.ts';
import type { ReferenceText, Text } from '../model/spec.ts';
import { parseTemplate } from '../model/template.ts';
import type { Report } from './report.ts';
import { checkTemplate, evaluate, resolve, type Scope } from './scope.ts';
import {
  describe,
  type Place,
  placeJson,
  type YamlEntry,
  type YamlMap,
  type YamlScalar,
  type YamlValue,
} from './yaml-value.ts';

/** Names of stages, inputs, outputs and variables: what can stand between the dots of a reference. */
const plainName = /^[A-Za-z_][\w-]*$/;

/** What file systems have room for in one name, in bytes; a stage, an output and a matrix value are folders. */
const longestName = 255;

/** The beginning of a text that is too long for a file's name; undefined for every other. */
export function tooLong(text: string): string | undefined {
  return Buffer.byteLength(text) > longestName ? `${text.slice(0, 40)}…` : undefined;
}

export function checkName(what: string, { key, keyAt }: YamlEntry, report: Report): boolean {
  const beginning = tooLong(key);
  if (plainName.test(key) && beginning === undefined) return true;
  report.error({
    code: 'bad-name',
    at: keyAt,
    message: `'${beginning ?? key}' cannot name ${what}`,
    hint:
      beginning === undefined
        ? 'a name begins with a letter or _ and goes on with letters, digits, _ and -'
        : `a name has at most ${longestName} characters`,
  });
  return false;
}

/** The entries under these keys; any other key is a diagnostic. */
export function checkKeys<Key extends string>(
  map: YamlMap,
  { keys, of, report }: { readonly keys: readonly Key[]; readonly of: string; readonly report: Report },
): Partial<Record<Key, YamlEntry>> {
  const found: Partial<Record<Key, YamlEntry>> = {};
  for (const entry of map.entries) {
    const key = keys.find((one) => one === entry.key);
    if (key) found[key] = entry;
    else {
      const message = `${of} has no key '${entry.key}'`;
      report.error({ code: 'unknown-key', at: entry.keyAt, message, hint: suggest(entry.key, keys) });
    }
  }
  return found;
}

export function wrongType(value: YamlValue, wanted: string, report: Report): undefined {
  report.error({ code: 'wrong-type', at: value.at, message: `${wanted} is wanted here, not ${describe(value)}` });
}

export function readMap(value: YamlValue, wanted: string, scope: Scope): YamlMap | undefined {
  const resolved = resolve(value, scope);
  if (resolved && resolved.kind !== 'map') return wrongType(resolved, wanted, scope.report);
  return resolved;
}

/** A list, or one value that stands for a list of one. */
export function readElements(value: YamlValue, scope: Scope): readonly YamlValue[] | undefined {
  const resolved = resolve(value, scope);
  if (resolved?.kind !== 'list') return resolved && [keepNull(resolved, value)];
  const elements: YamlValue[] = [];
  for (const written of resolved.elements) {
    const element = resolve(written, scope);
    if (!element) return undefined;
    // A variable among the elements may be a list itself, as in `[$train, more/]`.
    if (element.kind === 'list') elements.push(...element.elements);
    else elements.push(keepNull(element, written));
  }
  return elements;
}

/** What was written tells `$name`, which is null by accident, from `$name?`. */
function keepNull(resolved: YamlValue, written: YamlValue): YamlValue {
  return resolved.kind === 'scalar' && resolved.value === null ? written : resolved;
}

export function placeOf(value: { readonly at: Place }): Position {
  return value.at ?? { line: 1, column: 1, length: 1 };
}

/** A text, filled in as far as it can be; a template still where the scope has later names. */
export function readText(value: YamlValue, wanted: string, scope: Scope): Text | undefined {
  if (value.kind !== 'scalar') return wrongType(value, wanted, scope.report);
  const filled = evaluate(value, scope);
  if (filled === undefined) return undefined;
  if (typeof filled !== 'string' || filled.trim() === '')
    return wrongType(placeJson(filled, value.at), wanted, scope.report);
  return { text: filled, at: placeOf(value) };
}

export function readTexts(value: YamlValue, wanted: string, scope: Scope): readonly Text[] {
  const elements = readElements(value, scope) ?? [];
  return elements.flatMap((element) => readText(element, wanted, scope) ?? []);
}

/** Null where `$name?` is null. */
export function readReference(value: YamlValue, wanted: string, scope: Scope): ReferenceText | undefined {
  if (value.kind !== 'scalar') return wrongType(value, wanted, scope.report);
  const resolved = resolve(value, scope);
  if (!resolved) return undefined;
  if (resolved.kind !== 'scalar') return wrongType(resolved, wanted, scope.report);
  if (resolved.value !== null) return keepWhole(resolved) ?? readText(resolved, wanted, scope);
  const { optional, whole } = parseTemplate(typeof value.value === 'string' ? value.value : '');
  if (optional) return null;
  scope.report.error({
    code: 'null-reference',
    at: value.at,
    message: whole
      ? `${value.value} is null, and this input may not be absent`
      : 'a reference is wanted here, not nothing',
    hint: whole ? `write ${value.value}? to let it be absent` : undefined,
  });
}

/** `$fold?` of a matrix stays as it is until its value is known. */
function keepWhole(value: YamlScalar): Text | undefined {
  return typeof value.value === 'string' && parseTemplate(value.value).whole
    ? { text: value.value, at: placeOf(value) }
    : undefined;
}

export function readCount(value: YamlValue, least: number, scope: Scope): number | undefined {
  const filled = evaluate(value, scope);
  if (filled === undefined) return undefined;
  if (typeof filled === 'number' && Number.isInteger(filled) && filled >= least) return filled;
  return wrongType(placeJson(filled, value.at), `a whole number of at least ${least}`, scope.report);
}

export function readBoolean(value: YamlValue, scope: Scope): boolean | undefined {
  const filled = evaluate(value, scope);
  if (filled === undefined || typeof filled === 'boolean') return filled;
  return wrongType(placeJson(filled, value.at), 'true or false', scope.report);
}

/** What a command may hold stays in it, checked; fillCommand does the filling. */
export function checkCommandText(value: YamlValue, scope: Scope): string | undefined {
  if (value.kind !== 'scalar' || value.value === null) return wrongType(value, 'a text', scope.report);
  return checkTemplate(value, scope) ? String(value.value) : undefined;
}
