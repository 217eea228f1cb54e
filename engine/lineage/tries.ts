import type { Json, JsonObject, StageName } from '../model/names.ts';
import type { Steps } from '../model/record.ts';
import { isObject } from './tables.ts';

interface Parameter {
  readonly value: Json;
  /** As JSON, by which values are compared. */
  readonly text: string;
}

/** The parameters behind a result, by `stage.parameter`, and the seconds that all of it took. */
export interface Recipe {
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly seconds: number;
}

/** The places of every result that went into this one, itself included, as far as it is known. */
export function closureOf({ made }: Steps, step: number): ReadonlySet<number> {
  // A set is gone through in the order in which it grows.
  const reached = new Set([step]);
  for (const next of reached) for (const one of made[next] ?? []) reached.add(one);
  return reached;
}

type Leaves = readonly (readonly [path: string, Parameter])[];

export function createRecipes(steps: Steps): (step: number) => Recipe {
  // Most parameters are equal from try to try, or from stage to stage: a text is taken apart once, a name made once.
  const leavesOf = remember((text: string) => flatten(JSON.parse(text)));
  const namesOf = remember((stage: StageName) => remember((path: string) => `${stage}.${path}`));
  return (step) => {
    const parameters = new Map<string, Parameter>();
    const varying = new Set<string>();
    let seconds = 0;
    for (const part of closureOf(steps, step)) {
      seconds += steps.seconds[part] as number;
      const nameOf = namesOf(steps.stages[part] as StageName);
      for (const [path, parameter] of leavesOf(steps.parameters[part] as string)) {
        const name = nameOf(path);
        const known = parameters.get(name);
        // What differs among the tasks of a matrix is no choice of the person who wrote the pipeline.
        if (known === undefined) parameters.set(name, parameter);
        else if (known.text !== parameter.text) varying.add(name);
      }
    }
    for (const name of varying) parameters.delete(name);
    return { parameters, seconds };
  };
}

function remember<K, T>(make: (key: K) => T): (key: K) => T {
  const known = new Map<K, T>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}

/** Names of parameters that are not the same in all recipes; of several that always move together the first. */
export function differing(recipes: readonly Recipe[]): string[] {
  const names = new Set(recipes.flatMap(({ parameters }) => [...parameters.keys()]));
  const columns = new Map<string, string>();
  for (const name of [...names].sort()) {
    const values = recipes.map(({ parameters }) => parameters.get(name)?.text);
    if (values.every((value) => value === values[0])) continue;
    const column = values.join('\n');
    if (!columns.has(column)) columns.set(column, name);
  }
  return [...columns.values()];
}

function flatten(value: JsonObject, path = ''): Leaves {
  return Object.entries(value).flatMap(([name, inner]): Leaves => {
    if (isObject(inner)) return flatten(inner, `${path}${name}.`);
    return [[path + name, { value: inner, text: JSON.stringify(inner) }]];
  });
}
