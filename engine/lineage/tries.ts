import type { ActionKey, Json, JsonObject } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import { isObject } from './tables.ts';

/** The parameters behind a record, by `stage.parameter`, and the seconds that all of it took. */
export interface Recipe {
  readonly parameters: ReadonlyMap<string, Json>;
  readonly seconds: number;
}

export interface Archive {
  readonly records: ReadonlyMap<ActionKey, ActionRecord>;
  /** As JSON. */
  readonly parameters: ReadonlyMap<ActionKey, string>;
}

/** Every record that went into this one, itself included. */
export function closureOf(key: ActionKey, records: Archive['records']): ReadonlySet<ActionKey> {
  const reached = new Set<ActionKey>();
  const stack = [key];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    for (const { made } of records.get(next)?.inputs ?? []) if (made) stack.push(made.key);
  }
  return reached;
}

export function createRecipes({ records, parameters: texts }: Archive): (key: ActionKey) => Recipe {
  // Most of them are equal from try to try, or from stage to stage; each is taken apart once, and each name made once.
  const known = new Map<string, readonly (readonly [string, Json])[]>();
  const names = new Map<string, Map<string, string>>();
  const leavesOf = (key: ActionKey) => {
    const text = texts.get(key) ?? '{}';
    const leaves = known.get(text) ?? flatten(JSON.parse(text));
    known.set(text, leaves);
    return leaves;
  };
  const nameIn = (stage: string, parameter: string) => {
    const ofStage = names.get(stage) ?? new Map<string, string>();
    names.set(stage, ofStage);
    const name = ofStage.get(parameter) ?? `${stage}${parameter}`;
    ofStage.set(parameter, name);
    return name;
  };
  return (key) => {
    const parameters = new Map<string, Json>();
    const varying = new Set<string>();
    let seconds = 0;
    for (const part of closureOf(key, records)) {
      const record = records.get(part);
      if (record === undefined) continue;
      seconds += record.seconds;
      for (const [parameter, value] of leavesOf(part)) {
        const name = nameIn(record.stage, parameter);
        // What differs among the tasks of a matrix is no choice of the person who wrote the pipeline.
        if (parameters.has(name) && !isEqual(parameters.get(name), value)) varying.add(name);
        parameters.set(name, value);
      }
    }
    for (const name of varying) parameters.delete(name);
    return { parameters, seconds };
  };
}

/** Names of parameters that are not the same in all recipes; of several that always move together the first. */
export function differing(recipes: readonly Recipe[]): string[] {
  const names = new Set(recipes.flatMap(({ parameters }) => [...parameters.keys()]));
  const columns = new Map<string, string>();
  for (const name of [...names].sort()) {
    const values = recipes.map(({ parameters }) => writeValue(parameters.get(name)));
    if (values.every((value) => value === values[0])) continue;
    const column = values.join('\n');
    if (!columns.has(column)) columns.set(column, name);
  }
  return [...columns.values()];
}

function flatten(value: JsonObject, path = ''): (readonly [string, Json])[] {
  return Object.entries(value).flatMap(([name, inner]): (readonly [string, Json])[] =>
    isObject(inner) ? flatten(inner, `${path}.${name}`) : [[`${path}.${name}`, inner]],
  );
}

function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  return one === other || writeValue(one) === writeValue(other);
}

function writeValue(value: Json | undefined): string {
  return JSON.stringify(value) ?? '';
}
