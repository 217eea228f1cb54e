/** What a stage is multiplied by: `matrix` gives tasks, `each` gives items. */
import type { EachSpec, StageSpec } from '../model/spec.ts';
import { checkName, readElements, readMap, readReference, tooLong, wrongType } from './read.ts';
import { evaluate, resolve, type Scope } from './scope.ts';
import type { YamlEntry } from './yaml-value.ts';

/** These are taken in every stage. */
const taken = ['in', 'out', 'with'];

export function readMatrix(entry: YamlEntry, scope: Scope): StageSpec['matrix'] {
  const map = readMap(entry.value, 'a map of variables to lists of values', scope);
  return (map?.entries ?? []).flatMap((variable) => {
    if (!checkVariable(variable, scope)) return [];
    const resolved = resolve(variable.value, scope);
    if (!resolved) return [];
    if (resolved.kind !== 'list') {
      wrongType(resolved, 'a list of values', scope.report);
      return [];
    }
    const values = readValues(variable, scope);
    if (values && values.length === 0) {
      const message = `the matrix variable '${variable.key}' has no values, so that the stage would have no tasks`;
      scope.report.error({ code: 'bad-matrix', at: variable.value.at, message, hint: 'give it at least one value' });
    }
    return values && values.length > 0 ? [{ name: variable.key, values }] : [];
  });
}

function readValues(variable: YamlEntry, scope: Scope): readonly (string | number | boolean)[] | undefined {
  const { report } = scope;
  const seen = new Set<string>();
  const values: (string | number | boolean)[] = [];
  const elements = readElements(variable.value, scope);
  for (const element of elements ?? []) {
    const value = evaluate(element, { ...scope, later: undefined });
    if (value === undefined) continue;
    const beginning = tooLong(`${variable.key}=${value}`);
    if (value === null || typeof value === 'object') {
      wrongType(element, 'a text, a number, true or false', report);
    } else if (/^\.+$/.test(String(value)) || !/^[^\s/\\@=*?[\]{}'"$]+$/.test(String(value))) {
      const message = `'${value}' cannot be a matrix value, since it names a folder and stands in references`;
      const hint = 'leave out spaces, quotes and / \\ @ = * ? [ ] { } $';
      report.error({ code: 'bad-matrix', at: element.at, message, hint });
    } else if (beginning !== undefined) {
      const message = `the matrix value '${beginning}' is too long for the folder that it names`;
      report.error({ code: 'bad-matrix', at: element.at, message, hint: 'shorten it' });
    } else if (seen.has(String(value))) {
      const message = `the value ${value} of '${variable.key}' is given twice`;
      report.error({ code: 'bad-matrix', at: element.at, message, hint: 'remove one of the two' });
    } else {
      seen.add(String(value));
      values.push(value);
    }
  }
  return elements && (values.length > 0 || elements.length === 0) ? values : undefined;
}

export function readEach(entry: YamlEntry, scope: Scope): EachSpec | undefined {
  const { report } = scope;
  const map = readMap(entry.value, 'a map with the name of the item, such as { photo: photos/ },', scope);
  if (!map) return undefined;
  const [variable, second] = map.entries;
  if (!variable || second) {
    const message = `each goes over one source, not ${map.entries.length}`;
    report.error({
      code: 'bad-each',
      at: second?.keyAt ?? entry.keyAt,
      message,
      hint: 'several folders are a list: each: { photo: [a/, b/] }',
    });
    if (!variable) return undefined;
  }
  if (!checkVariable(variable, scope)) return undefined;
  const list = resolve(variable.value, scope)?.kind === 'list';
  const from = (readElements(variable.value, scope) ?? []).flatMap((element) => {
    const reference = readReference(element, 'a folder, a glob or an output', scope);
    if (reference !== null) return reference ?? [];
    const message = 'the source of each may not be absent';
    report.error({ code: 'null-reference', at: element.at, message, hint: 'give it an empty folder instead' });
    return [];
  });
  return { variable: variable.key, list, from };
}

function checkVariable(entry: YamlEntry, { report, variables, spoiled, later = {} }: Scope): boolean {
  if (!checkName('a variable', entry, report)) return false;
  const { key, keyAt } = entry;
  const where = taken.includes(key)
    ? 'every stage has one'
    : Object.hasOwn(later, key)
      ? 'the matrix has one'
      : Object.hasOwn(variables, key) || spoiled.has(key)
        ? 'vars has one'
        : undefined;
  if (where === undefined) return true;
  const message = `a variable of the stage cannot be called '${key}', since ${where}`;
  report.error({ code: 'name-taken', at: keyAt, message, hint: 'give it another name' });
  return false;
}
