/**
 * What the engine reads off a stage's zod schema without a copy of zod of its own: the stage's copy may be another one,
 * and importing zod costs more than a whole start.
 */
import type { z } from 'zod';

/** The part of zod 4's `_zod.def` that is walked here; which fields there are depends on `type`. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly getter?: () => z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly rest?: z.ZodType | null;
  readonly options?: readonly z.ZodType[];
  readonly left?: z.ZodType;
  readonly right?: z.ZodType;
}

export interface UnknownKey {
  readonly path: readonly (string | number)[];
  readonly key: string;
  /** What the schema knows at this place. */
  readonly known: readonly string[];
}

function definitionOf(schema: z.ZodType): Definition {
  return schema._zod.def as unknown as Definition;
}

/** The schema below `optional`, `default`, `pipe` and their like. */
function unwrapped(schema: z.ZodType): z.ZodType {
  const { innerType, in: input, getter } = definitionOf(schema);
  const inner = innerType ?? input ?? getter?.();
  return inner === undefined ? schema : unwrapped(inner);
}

/**
 * Keys of `value` that the schema would drop in silence, where a misspelt parameter would count as absent.
 * A union knows what the alternative with the fewest unknown keys knows.
 */
export function unknownKeys(schema: z.ZodType, value: unknown, path: readonly (string | number)[] = []): UnknownKey[] {
  const definition = definitionOf(unwrapped(schema));
  if (typeof value !== 'object' || value === null) return [];
  if (definition.options !== undefined) {
    const answers = definition.options.map((option) => unknownKeys(option, value, path));
    return answers.reduce((least, answer) => (answer.length < least.length ? answer : least), answers[0] ?? []);
  }
  if (definition.left !== undefined && definition.right !== undefined) {
    const right = new Map(unknownKeys(definition.right, value, path).map((one) => [placeOf(one), one]));
    return unknownKeys(definition.left, value, path).flatMap((one) => {
      const other = right.get(placeOf(one));
      return other === undefined ? [] : [{ ...one, known: [...one.known, ...other.known] }];
    });
  }
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => {
      const inner = definition.element ?? definition.items?.[index] ?? definition.rest ?? undefined;
      return inner === undefined ? [] : unknownKeys(inner, element, [...path, index]);
    });
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const declared = definition.shape?.[key] ?? definition.valueType;
    if (declared !== undefined) return unknownKeys(declared, inner, [...path, key]);
    // A strict or loose object has said itself what becomes of other keys.
    if (definition.shape === undefined || definition.catchall !== undefined) return [];
    return [{ path, key, known: Object.keys(definition.shape) }];
  });
}

function placeOf(unknown: UnknownKey): string {
  return JSON.stringify([unknown.path, unknown.key]);
}

/** Dotted paths of the parameters that carry `.meta({ file: true })`; one inside a list ends in `.*`. */
export function fileParameters(schema: z.ZodType, path: readonly string[] = []): string[] {
  const definition = definitionOf(schema);
  const marked = schema.meta()?.file === true ? [path.join('.')] : [];
  const inner = definition.innerType ?? definition.in;
  const children = [
    ...(inner ? [[inner, path] as const] : []),
    ...Object.entries(definition.shape ?? {}).map(([key, child]) => [child, [...path, key]] as const),
    ...[definition.element, definition.valueType, ...(definition.items ?? [])].flatMap((child) =>
      child ? [[child, [...path, '*']] as const] : [],
    ),
    ...[...(definition.options ?? []), definition.left, definition.right].flatMap((child) =>
      child ? [[child, path] as const] : [],
    ),
  ];
  return [...new Set([...marked, ...children.flatMap(([child, at]) => fileParameters(child, at))])];
}
