/** What a stage says of its results: `rows`, `metrics` and `resumable`. */
import type { JsonObject } from '../model/names.ts';
import { suggest } from '../model/similar.ts';
import type { OutSpec, StageSpec } from '../model/spec.ts';
import { lookUp } from '../model/template.ts';
import { readText, readTexts } from './read.ts';
import { resolve, type Scope } from './scope.ts';
import type { YamlEntry, YamlValue } from './yaml-value.ts';

/** A column name an output; one name alone serves the only output. */
export function readRows(entry: YamlEntry, outputs: readonly OutSpec[], scope: Scope): StageSpec['rows'] {
  return perOutput(
    entry,
    { outputs, scope },
    (value) => readText(value, 'the name of a column, or stem,', scope)?.text,
  );
}

/** Dotted paths of figures an output; a list alone serves the only output. */
export function readMetrics(entry: YamlEntry, outputs: readonly OutSpec[], scope: Scope): StageSpec['metrics'] {
  return perOutput(entry, { outputs, scope }, (value) =>
    readTexts(value, 'the path of a figure, such as best.mAP,', scope).map(({ text }) => text),
  );
}

interface Outputs {
  readonly outputs: readonly OutSpec[];
  readonly scope: Scope;
}

function perOutput<T>(
  { key, value }: YamlEntry,
  { outputs, scope }: Outputs,
  read: (value: YamlValue) => T | undefined,
): Readonly<Record<string, T>> {
  const { report } = scope;
  const names = outputs.map(({ name }) => name);
  const resolved = resolve(value, scope);
  if (!resolved) return {};
  if (resolved.kind !== 'map') {
    const [only, second] = names;
    if (only === undefined) return {};
    if (second !== undefined) {
      const message = `${key}: has to say which of the outputs it means`;
      report.error({
        code: 'which-output',
        at: value.at,
        message,
        hint: `write ${key}: { ${only}: ... }; the outputs are ${names.join(', ')}`,
      });
      return {};
    }
    const own = read(resolved);
    return own === undefined ? {} : { [only]: own };
  }
  const entries = resolved.entries.flatMap((entry) => {
    if (!names.includes(entry.key)) {
      const message = `the stage has no output '${entry.key}'`;
      report.error({ code: 'unknown-output', at: entry.keyAt, message, hint: suggest(entry.key, names) });
      return [];
    }
    const own = read(entry.value);
    return own === undefined ? [] : [[entry.key, own] as const];
  });
  return Object.fromEntries(entries);
}

/** Dotted parameters; each has to be one of `with`. Undefined parameters were reported already. */
export function readResumable(entry: YamlEntry, parameters: JsonObject | undefined, scope: Scope): readonly string[] {
  const texts = readTexts(entry.value, 'the name of a parameter', scope);
  if (!parameters) return [];
  return texts.flatMap(({ text, at }) => {
    if (lookUp(text.split('.'), parameters) !== undefined) return [text];
    const message = `with: has no parameter '${text}'`;
    const hint = suggest(text, dottedNames(parameters));
    scope.report.error({ code: 'unknown-parameter', at, message, hint });
    return [];
  });
}

function dottedNames(parameters: JsonObject, before = ''): readonly string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const path = `${before}${name}`;
    const map = value !== null && typeof value === 'object' && !Array.isArray(value);
    return map ? [path, ...dottedNames(value as JsonObject, `${path}.`)] : [path];
  });
}
