/** What has to be written where, so that pipeline.yaml asks for results that are there. */
import type { ActionKey, Json, JsonObject } from '../model/names.ts';
import type { ActionRecord, KeyMaterial } from '../model/record.ts';
import type { RestoreAnswer } from '../model/restore.ts';
import type { TaskNode } from '../model/task.ts';
import { protectTemplate } from '../model/template.ts';
import type { YamlEdit } from '../spec/edit.ts';
import type { Origin, Wanted } from '../spec/origin.ts';
import type { Session } from './session.ts';

/** A result with all that it was made of. */
export interface Closure {
  readonly try: RestoreAnswer['try'];
  /** The try's own first. */
  readonly records: readonly ActionRecord[];
  readonly materials: ReadonlyMap<ActionKey, KeyMaterial>;
}

/** One value that has to be another one. */
export interface Wish extends Wanted {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

export interface Placed {
  readonly shown: RestoreAnswer['edits'][number];
  readonly edits: readonly YamlEdit[];
}

export type Places = ReturnType<typeof createPlaces>;

/** Gathers wishes by the place where each has to be written; two for one place have to agree. */
export function createPlaces(originOf: (wanted: Wanted) => Origin) {
  const places = new Map<string, { readonly path: readonly string[]; readonly wish: Wish }>();
  const faults: string[] = [];
  const left: string[] = [];
  return {
    placeOf: (wanted: Wanted) => originOf(wanted).path.join('.'),
    want(wish: Wish): void {
      const origin = originOf(wish);
      const path = origin.path.join('.');
      if (origin.kind === 'composed') {
        faults.push(`${nameOf(wish)} ${change(wish)}: ${path} puts it together from variables`);
        return;
      }
      const known = places.get(path)?.wish;
      left.push(
        `${nameOf(wish)} would be ${show(wish.before)} and has to be ${show(wish.after)}: both come from ${path}`,
      );
      if (known === undefined) places.set(path, { path: origin.path, wish });
      else if (show(known.after) !== show(wish.after)) {
        const [one, other] = [known, wish].map((each) => `${nameOf(each)} ${show(each.after)}`);
        faults.push(`${path} would have to be two things at once: for ${one}, for ${other}`);
      }
    },
    placed: (): Placed[] =>
      [...places.values()].map(({ path, wish }) => ({
        shown: {
          path: path.join('.'),
          ...(wish.before === undefined ? {} : { before: wish.before }),
          ...(wish.after === undefined ? {} : { after: wish.after }),
        },
        edits: editsFor(path, wish),
      })),
    faults: () => faults,
    /** Wishes that stand after everything was written. */
    leftOver: () => [...faults, ...left],
  };
}

/** Of a list only the elements that differ. */
function editsFor(path: readonly string[], { part, before, after }: Wish): YamlEdit[] {
  const value = after === undefined ? undefined : protectTemplate(after);
  // A reference may stand for several elements.
  const isReference = part === 'in' || part === 'each';
  if (isReference || !isList(before) || !isList(after) || !isList(value) || before.length !== after.length)
    return [{ path, value }];
  return value.flatMap((element, index) =>
    show(before[index]) === show(after[index]) ? [] : [{ path: [...path, String(index)], value: element }],
  );
}

export function distinct<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

export function groupBy<T, N>(elements: readonly T[], nameOf: (element: T) => N): ReadonlyMap<N, readonly T[]> {
  const groups = new Map<N, T[]>();
  for (const element of elements) {
    const name = nameOf(element);
    const group = groups.get(name);
    if (group) group.push(element);
    else groups.set(name, [element]);
  }
  return groups;
}

/** Parameters that are not what they were, those included that a schema has a default for. */
export async function parametersOf(
  { records, materials }: Closure,
  session: Session,
  want: (wish: Wish) => void,
): Promise<void> {
  for (const { key, task, stage } of records) {
    const node = session.graph.tasks.get(task);
    const then = materials.get(key)?.with;
    if (node === undefined || then === undefined) continue;
    const now = await withDefaults(node, session);
    for (const leaf of leaves(now, then)) want({ part: 'with', stage, ...leaf });
    for (const leaf of variablesOf(node, materials.get(key))) want({ part: 'vars', stage, ...leaf });
  }
}

/** Those in the text of a command that were others; one that the text did not name then, or does not now, is none of it. */
function variablesOf({ action }: TaskNode, then: KeyMaterial | undefined): Leaf[] {
  const now = action.kind === 'run' ? action.written?.variables : undefined;
  return leaves(now, then?.written?.variables).filter(
    ({ before, after }) => before !== undefined && after !== undefined,
  );
}

async function withDefaults(node: TaskNode, { code }: Session): Promise<JsonObject> {
  if (node.action.kind === 'run') return node.with;
  const loaded = (await code.load([node.action.module])).get(node.action.module);
  const checked = loaded?.ok ? await code.check(loaded.code, node.with) : undefined;
  return checked?.ok ? checked.params : node.with;
}

type Leaf = Pick<Wish, 'names' | 'before' | 'after'>;

function leaves(before: Json | undefined, after: Json | undefined, names: readonly string[] = []): Leaf[] {
  if (isMap(before) && isMap(after)) {
    const all = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return all.flatMap((name) => leaves(before[name], after[name], [...names, name]));
  }
  return show(before) === show(after) ? [] : [{ names, before, after }];
}

function nameOf({ stage, part, names }: Wanted): string {
  return [stage, part, ...names].join('.');
}

function change({ before, after }: Wish): string {
  return `${show(before)} → ${show(after)}`;
}

export function show(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
