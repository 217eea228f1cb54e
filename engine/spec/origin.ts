/** Where pipeline.yaml takes a stage's parameter from, so that another value can be written there. */
import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import { parseTemplate } from '../model/template.ts';
import { parseYaml } from './document.ts';
import { nodeAt } from './edit.ts';

export type Origin =
  /** Where it stands, or would stand if it were written down. */
  | { readonly kind: 'place'; readonly path: readonly string[] }
  /** A text that variables are a part of: no one place holds it. */
  | { readonly kind: 'composed'; readonly path: readonly string[] };

export interface Wanted {
  readonly part: 'with' | 'matrix' | 'in' | 'each' | 'vars';
  readonly stage: string;
  /** A parameter, or a variable in a command's text, with its parts; or the name of a matrix's variable, of an input, of the item. */
  readonly names: readonly string[];
}

/** Follows `$var.part` into `vars`, or into the profile where that sets it; `<<` and aliases to what they stand for. */
export function createOrigins(text: string, profile: string | undefined): (wanted: Wanted) => Origin {
  const document = parseYaml(text);
  const layers = [...(profile === undefined ? [] : [['profiles', profile]]), ['vars']];

  const walk = (path: readonly string[], names: readonly string[], depth = 0): Origin => {
    const node = nodeAt(document, path);
    const [first, ...rest] = names;
    if (isScalar(node) && typeof node.value === 'string' && depth < 100) {
      const { whole, parts } = parseTemplate(node.value);
      const [part] = parts;
      if (whole && part?.kind === 'variable') return variable([...part.path, ...names], depth + 1);
      if (parts.some(({ kind }) => kind !== 'text')) return { kind: 'composed', path };
    }
    if (first === undefined || isSeq(node) || (isScalar(node) && node.value !== null)) return place(path);
    const inner = childOf(document, path, first);
    return inner ? walk(inner, rest, depth) : place([...path, ...names]);
  };

  /** Maps of profile and vars are one map, the profile's entries first; anything else replaces. */
  const variable = (names: readonly string[], depth: number): Origin => {
    let holders: readonly (readonly string[])[] = layers;
    for (const [index, name] of names.entries()) {
      const held = holders.map((path) => childOf(document, path, name)).filter((path) => path !== undefined);
      const [top] = held;
      if (top === undefined) return place([...(holders.at(-1) ?? []), ...names.slice(index)]);
      const others = held.findIndex((path) => !isMap(nodeAt(document, path)));
      if (others === 0) return walk(top, names.slice(index + 1), depth);
      holders = others < 0 ? held : held.slice(0, others);
    }
    return place(holders[0] ?? []);
  };

  return ({ part, stage, names }) => (part === 'vars' ? variable(names, 0) : walk(['stages', stage, part], names));
}

/** An entry of a map, its own or a merged one. */
function childOf(document: Document, path: readonly string[], name: string): readonly string[] | undefined {
  const node: Node | undefined = nodeAt(document, path);
  if (!isMap(node)) return undefined;
  if (nodeAt(document, [...path, name])) return [...path, name];
  const merged = nodeAt(document, [...path, '<<']);
  if (isMap(merged)) return childOf(document, [...path, '<<'], name);
  if (!isSeq(merged)) return undefined;
  const places = merged.items.map((_, index) => [...path, '<<', String(index)]);
  return places.map((place) => childOf(document, place, name)).find((found) => found !== undefined);
}

/** What is merged into a map is not changed for the others that it is merged into: the map gets an entry of its own. */
function place(path: readonly string[]): Origin {
  const merge = path.lastIndexOf('<<');
  const own = path.slice(merge).filter((step) => !/^(<<|\d+)$/.test(step));
  return { kind: 'place', path: merge >= 0 && own.length === 1 ? [...path.slice(0, merge), ...own] : path };
}
