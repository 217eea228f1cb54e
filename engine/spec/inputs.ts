import type { InputSpec } from '../model/spec.ts';
import { checkKeys, checkName, placeOf, readElements, readMap, readReference, readText } from './read.ts';
import { resolve, type Scope } from './scope.ts';
import type { YamlEntry, YamlMap } from './yaml-value.ts';

/** `in:` of a stage: a reference, a list of them, or `{ from: STAGE, only: CHOICE }`. */
export function readInputs(entry: YamlEntry, scope: Scope): readonly InputSpec[] {
  const map = readMap(entry.value, 'a map of names to references', scope);
  return (map?.entries ?? []).flatMap((input) =>
    checkName('an input', input, scope.report) ? readInput(input, scope) : [],
  );
}

function readInput({ key: name, keyAt, value }: YamlEntry, scope: Scope): InputSpec {
  const at = placeOf({ at: keyAt });
  const resolved = resolve(value, scope);
  // After a diagnostic the input keeps its name, so that ${in.x} is not called wrong as well.
  const spoiled: InputSpec = { name, at, kind: 'one', from: null };
  if (!resolved) return spoiled;
  if (resolved.kind === 'map') return readChoice(resolved, { name, at }, scope) ?? spoiled;
  if (resolved.kind === 'scalar') {
    const from = readReference(value, 'a reference', scope);
    return from === undefined ? spoiled : { name, at, kind: 'one', from };
  }
  const from = (readElements(value, scope) ?? []).flatMap((element) => {
    const reference = readReference(element, 'a reference', scope);
    return reference === undefined ? [] : [reference];
  });
  return { name, at, kind: 'list', from };
}

function readChoice(map: YamlMap, named: Pick<InputSpec, 'name' | 'at'>, scope: Scope): InputSpec | undefined {
  const { report } = scope;
  const { from, only } = checkKeys(map, { keys: ['from', 'only'], of: 'such an input', report });
  if (!from || !only) {
    const message = `an input that is a map needs both from: (a matrix stage) and only: (the choice among its tasks)`;
    report.error({ code: 'bad-choice', at: map.at, message, hint: '{ from: STAGE, only: STAGE.OUT }' });
    return undefined;
  }
  const stage = readText(from.value, 'a stage', scope);
  const choice = readText(only.value, 'a reference', scope);
  return stage && choice && { ...named, kind: 'only', from: stage, only: choice };
}
