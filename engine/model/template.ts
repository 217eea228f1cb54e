/**
 * The one template of pipeline.yaml. `$name` or `$name.part` as a whole value is that value, of any type;
 * `${name}` inside a text is its text. Right before a brace, and before a name that is the whole value,
 * dollars are read in pairs: `$${x}` is the text `${x}`.
 */
import type { Json, JsonObject } from './names.ts';

export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly path: readonly string[]; readonly source: string }
  /** `${` without a name or its closing brace. */
  | { readonly kind: 'malformed'; readonly source: string };

export interface Template {
  /** The value is one variable, written `$name`, and keeps its type. */
  readonly whole: boolean;
  /** `$name?`, which may be null. */
  readonly optional: boolean;
  readonly parts: readonly TemplatePart[];
}

export interface Filling {
  /** Unknown names stay, and what is inserted is protected from the filling that follows. */
  readonly partial?: boolean;
}

const wholeValue = /^(\$+)([A-Za-z_][\w-]*(?:\.[\w-]+)*)(\?)?$/;
const variablePath = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*$/;

// Item templates are filled once an item, so each is taken apart once. Bounded, since filled texts come through here too.
const known = new Map<string, Template>();

export function parseTemplate(text: string): Template {
  const before = known.get(text);
  if (before) return before;
  const template = takeApart(text);
  if (known.size > 20_000) known.clear();
  known.set(text, template);
  return template;
}

function takeApart(text: string): Template {
  const match = wholeValue.exec(text);
  if (match) {
    const [, dollars = '', name = '', question] = match;
    if (dollars.length > 1) return { whole: false, optional: false, parts: [{ kind: 'text', text: text.slice(1) }] };
    const path = name.split('.');
    return {
      whole: true,
      optional: question !== undefined,
      parts: [{ kind: 'variable', path, source: `$${name}` }],
    };
  }
  const parts: TemplatePart[] = [];
  let literal = '';
  let done = 0;
  const opening = /\$+\{/g;
  for (let found = opening.exec(text); found; found = opening.exec(text)) {
    const dollars = found[0].length - 1;
    literal += text.slice(done, found.index) + '$'.repeat(Math.floor(dollars / 2));
    if (dollars % 2 === 0) {
      literal += '{';
      done = opening.lastIndex;
      continue;
    }
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    const close = text.indexOf('}', opening.lastIndex);
    const end = close < 0 ? text.length : close + 1;
    const name = text.slice(opening.lastIndex, close < 0 ? text.length : close);
    const source = text.slice(opening.lastIndex - 2, end);
    parts.push(
      close >= 0 && variablePath.test(name)
        ? { kind: 'variable', path: name.split('.'), source }
        : { kind: 'malformed', source },
    );
    opening.lastIndex = end;
    done = end;
  }
  literal += text.slice(done);
  if (literal !== '' || parts.length === 0) parts.push({ kind: 'text', text: literal });
  return { whole: false, optional: false, parts };
}

/** Undefined where a name or a part of it is not there. */
export function lookUp(path: readonly string[], variables: JsonObject): Json | undefined {
  let value: Json = variables;
  for (const part of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, part)) {
      return undefined;
    }
    value = (value as JsonObject)[part] as Json;
  }
  return value;
}

/**
 * Fills every text in a value; names of maps are left as they are.
 * Throws where a name is unknown (unless `partial`) or something other than a text, number or boolean stands inside
 * a text: pipeline.yaml was checked for both before, so that either is a bug.
 */
export function fillTemplate(value: Json, variables: JsonObject, filling: Filling = {}): Json {
  if (typeof value === 'string') return fillString(value, variables, filling);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((element) => fillTemplate(element, variables, filling));
  return Object.fromEntries(
    Object.entries(value).map(([name, element]) => [name, fillTemplate(element, variables, filling)]),
  );
}

/** Like fillTemplate where the outcome has to be a text: a path, a reference. */
export function fillText(text: string, variables: JsonObject, filling: Filling = {}): string {
  return textOf(fillString(text, variables, filling), text);
}

let lastParsed: { readonly text: string; readonly template: ReturnType<typeof parseTemplate> } | undefined;

function fillString(text: string, variables: JsonObject, filling: Filling): Json {
  if (!text.includes('$')) return text;
  // One template is mostly filled for all items of a stage before the next one is.
  if (lastParsed?.text !== text) lastParsed = { text, template: parseTemplate(text) };
  const { template } = lastParsed;
  const [first] = template.parts;
  if (template.whole && first?.kind === 'variable') {
    const value = lookUp(first.path, variables);
    if (value !== undefined) return filling.partial ? protectTemplate(value) : value;
    if (filling.partial) return text;
    throw unknownName(first.source, text);
  }
  return fillParts(template.parts, { variables, filling, write: (value) => textOf(value, text) });
}

interface PartsFilling {
  readonly variables: JsonObject;
  readonly filling: Filling;
  readonly write: (value: Json) => string;
}

/** Neighbouring texts are joined before they are protected, lest a `$` and a `{` meet unseen. */
export function fillParts(parts: readonly TemplatePart[], { variables, filling, write }: PartsFilling): string {
  let filled = '';
  let literal = '';
  let kept = false;
  for (const part of parts) {
    if (part.kind === 'text') {
      literal += part.text;
      continue;
    }
    const value = part.kind === 'variable' ? lookUp(part.path, variables) : undefined;
    if (value !== undefined) {
      literal += write(value);
    } else if (filling.partial) {
      filled += doubleBeforeBrace(`${literal}{`).slice(0, -1) + part.source;
      literal = '';
      kept = true;
    } else {
      throw unknownName(part.source, part.source);
    }
  }
  if (!filling.partial) return literal;
  return kept ? filled + doubleBeforeBrace(literal) : protectText(literal);
}

/** The template whose filling is this very value. */
export function protectTemplate(value: Json): Json {
  if (typeof value === 'string') return protectText(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(protectTemplate);
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, protectTemplate(element)]));
}

function protectText(text: string): string {
  if (!text.includes('$')) return text;
  return wholeValue.test(text) ? `$${text}` : doubleBeforeBrace(text);
}

function doubleBeforeBrace(text: string): string {
  return text.replace(/\$+(?=\{)/g, (dollars) => dollars + dollars);
}

function textOf(value: Json, text: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`a text, number or boolean has to stand in '${text}', not ${JSON.stringify(value)}`);
}

function unknownName(source: string, text: string): Error {
  return new Error(`nothing is known of ${source} in '${text}'`);
}
