import type { Change } from '../model/decision.ts';
import type { Json, JsonObject } from '../model/names.ts';
import type { KeyMaterial } from '../model/record.ts';

/** The differing leaves of two key materials, in the order in which a reader asks: parameters, inputs, code, the rest. */
export function explain(before: KeyMaterial | undefined, after: KeyMaterial): Change[] {
  if (before === undefined) return [{ kind: 'first-run' }];
  const order = ['with', 'matrix', 'in', 'code', 'out', 'env', 'platform', 'contract'] as const;
  const variables = explainVariables(before, after);
  return order.flatMap((part) => {
    const changes = explainPart(before[part], after[part], part);
    if (part === 'with') return [...changes, ...variables.changes];
    return part === 'code' && variables.isAll ? changes.filter(({ path }) => !/^code\.command\b/.test(path)) : changes;
  });
}

/** Variables in the text of a command that made it another one, and whether nothing else did. */
function explainVariables(before: KeyMaterial, after: KeyMaterial): { changes: Changed[]; isAll: boolean } {
  const isSame = JSON.stringify(before.code.command) === JSON.stringify(after.code.command);
  if (isSame || !before.written || !after.written) return { changes: [], isAll: false };
  const changes = explainPart(before.written.variables, after.written.variables, 'vars');
  return {
    changes: changes.filter((change) => change.before !== undefined && change.after !== undefined),
    isAll: JSON.stringify(before.written.command) === JSON.stringify(after.written.command),
  };
}

type Changed = Change & { readonly kind: 'changed' };

/** The differing leaves below one path. */
export function explainPart(before: Json | undefined, after: Json | undefined, path: string): Changed[] {
  if (before === after) return [];
  if (isMap(before) && isMap(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => explainPart(before[name], after[name], `${path}.${name}`));
  }
  if (isList(before) && isList(after)) {
    const pieces = path.startsWith('in.') ? byIdentity(before, after) : undefined;
    // What a list is made of matters more than that an element more or less moves all that follow.
    if (pieces) return explainPart(...pieces, path);
    if (before.length === after.length) {
      return before.flatMap((value, index) => explainPart(value, after[index], `${path}.${index}`));
    }
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ kind: 'changed', path, before, after }];
}

/** The pieces of a listed input by what they are, where that tells them apart and their order is the same. */
function byIdentity(before: readonly Json[], after: readonly Json[]): [JsonObject, JsonObject] | undefined {
  const [old, fresh] = [namePieces(before), namePieces(after)];
  if (old === undefined || fresh === undefined) return undefined;
  const [kept, still] = [Object.keys(old).filter((name) => name in fresh), Object.keys(fresh).filter((n) => n in old)];
  return kept.join('\n') === still.join('\n') ? [old, fresh] : undefined;
}

function namePieces(list: readonly Json[]): JsonObject | undefined {
  const named: Record<string, Json> = {};
  for (const piece of list) {
    const name = isMap(piece) ? identityOf(piece) : undefined;
    if (name === undefined || name in named) return undefined;
    named[name] = piece;
  }
  return named;
}

/** As a reference is written, `folds@2.logits`; of a source its path or its name. */
export function identityOf(piece: JsonObject): string | undefined {
  const { stage, matrix, out, path, name } = piece;
  if (typeof stage !== 'string' || !isMap(matrix)) {
    return typeof path === 'string' ? path : typeof name === 'string' ? name : undefined;
  }
  return `${[stage, ...Object.values(matrix)].join('@')}${out === 'out' ? '' : `.${out}`}`;
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
