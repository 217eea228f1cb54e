/** References of pipeline.yaml and of the command line, taken apart without looking at any disk. */
import type { StageName } from './names.ts';

/** What a reference can be resolved against. */
export interface ReferableStage {
  readonly matrix: readonly { readonly name: string; readonly values: readonly (string | number | boolean)[] }[];
}

/** `@2`, or `@fold=2` with its variable's name. */
export interface Selector {
  readonly name?: string;
  readonly value: string;
}

export type Reference =
  /** Without selectors all tasks of the stage. Neither selectors nor `out` are checked here. */
  | {
      readonly kind: 'output';
      readonly stage: StageName;
      readonly selectors: readonly Selector[];
      readonly out?: string;
      readonly optional: boolean;
    }
  | { readonly kind: 'path'; readonly path: string; readonly glob: boolean; readonly optional: boolean };

/** `STAGE`, `STAGE.OUT`, `STAGE@2.OUT`, `STAGE@a=1@b=2.OUT`, a path or a glob, each with `?` behind it or without. */
export function parseReference(text: string, stages: ReadonlyMap<string, ReferableStage>): Reference {
  const optional = text.length > 1 && /(?<!\\)\?$/.test(text);
  const body = optional ? text.slice(0, -1) : text;
  const [, name = '', rest = ''] = /^([A-Za-z_][\w-]*)(.*)$/s.exec(body) ?? [];
  const stage = stages.get(name);
  if (!stage || !/^(?:$|[.@])/.test(rest) || /[/*?[\]{}]/.test(rest)) {
    return { kind: 'path', ...pathOrGlob(body), optional };
  }
  const { selectors, out } = takeApart(rest, stage);
  return { kind: 'output', stage: name as StageName, selectors, ...(out !== undefined && { out }), optional };
}

/** A path as the disk has it, or a glob as it was written; a backslash takes a character's meaning away. */
export function pathOrGlob(text: string): { readonly path: string; readonly glob: boolean } {
  return isGlob(text) ? { path: text, glob: true } : { path: unescaped(text), glob: false };
}

/** Whether the text names files by a pattern. */
export function isGlob(text: string): boolean {
  return /[*?[\]{}]/.test(withoutEscapes(text));
}

/**
 * The folders of a glob before its first part with a special character, as the disk has them: `photos/` of
 * `photos/*.jpg`; and the rest, which is matched below.
 */
export function splitGlob(glob: string): { readonly folder: string; readonly rest: string } {
  const plain = withoutEscapes(glob);
  const special = plain.search(/[*?[\]{}]|[+@!]\(/);
  const end = plain.lastIndexOf('/', special < 0 ? plain.length : special) + 1;
  return { folder: unescaped(glob.slice(0, end)), rest: glob.slice(end) };
}

/** Of the same length. */
function withoutEscapes(text: string): string {
  return text.replace(/\\./gs, '__');
}

function unescaped(text: string): string {
  return text.replace(/\\([*?[\]{}()!+@\\])/g, '$1');
}

function takeApart(rest: string, stage: ReferableStage): { selectors: readonly Selector[]; out?: string } {
  const at = rest.lastIndexOf('@');
  if (at < 0) return rest === '' ? { selectors: [] } : { selectors: [], out: rest.slice(1) };
  const earlier = rest.slice(0, at).split('@').slice(1).map(selector);
  const last = rest.slice(at + 1);
  const dot = last.lastIndexOf('.');
  // A value may hold a dot itself, as 0.5 does: what the matrix knows as a whole is not cut.
  if (dot < 0 || isValue(selector(last), stage)) return { selectors: [...earlier, selector(last)] };
  return { selectors: [...earlier, selector(last.slice(0, dot))], out: last.slice(dot + 1) };
}

function selector(text: string): Selector {
  const equals = text.indexOf('=');
  return equals < 0 ? { value: text } : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

function isValue({ name, value }: Selector, { matrix }: ReferableStage): boolean {
  return matrix.some((variable) => (name === undefined || name === variable.name) && hasValue(variable.values, value));
}

type Values = ReferableStage['matrix'][number]['values'];

// A stage with ten thousand values is mostly referred to ten thousand times.
const texts = new WeakMap<Values, ReadonlySet<string>>();

/** Whether a matrix variable ever has the value that is written like this. */
export function hasValue(values: Values, text: string): boolean {
  const known = texts.get(values) ?? new Set(values.map(String));
  texts.set(values, known);
  return known.has(text);
}
