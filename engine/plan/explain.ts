import type { Change } from '../model/decision.ts';
import type { Json } from '../model/names.ts';
import type { KeyMaterial } from '../model/record.ts';

/** The differing leaves of two key materials, in the order in which a reader asks: parameters, inputs, code, the rest. */
export function explain(before: KeyMaterial | undefined, after: KeyMaterial): Change[] {
  if (before === undefined) return [{ kind: 'first-run' }];
  const order = ['with', 'matrix', 'in', 'code', 'out', 'env', 'platform', 'contract'] as const;
  return order.flatMap((part) => leafChanges(before[part], after[part], part));
}

function leafChanges(before: Json | undefined, after: Json | undefined, path: string): Change[] {
  if (before === after) return [];
  if (isMap(before) && isMap(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => leafChanges(before[name], after[name], `${path}.${name}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((value, index) => leafChanges(value, after[index], `${path}.${index}`));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ kind: 'changed', path, before, after }];
}

function isMap(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
