/**
 * YAML as pipelines are mostly written, read in one pass: block maps and lists, brackets and braces that close in their
 * line, plain and quoted texts of one line. A library that keeps every token takes half a second over a thousand stages,
 * and this a hundredth of it. Whatever is not plainly one of these forms (anchors, tags, escapes, texts over several
 * lines, odd numbers, every fault) is not judged here: the text as a whole then goes to the library, which is the one
 * that says what is wrong. test/engine/spec/plain-yaml.test.ts holds the two to the same answer.
 */
import type { YamlEntry, YamlList, YamlMap, YamlScalar, YamlValue } from './yaml-value.ts';

/** Thrown and caught here alone: the text is left to the library. */
const beyond = Symbol('beyond the plain forms');

/** Undefined where the library has to look. */
export function readPlainYaml(text: string): YamlValue | undefined {
  if (oddCharacters.test(text)) return undefined;
  try {
    return createReader(text)();
  } catch (error) {
    if (error === beyond) return undefined;
    throw error;
  }
}

/** Tabs, other line ends, and spaces that only look like one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const oddCharacters = /[\0-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff]/;
const keyPattern = /[A-Za-z_][\w.-]*(?=:(?:[ \n]|$))/y;
const blockText = /[A-Za-z_$./~0-9-][^\n]*/y;
const flowText = /[A-Za-z_$./~0-9-][^\n,[\]{}]*/y;
const doubleQuoted = /"([^"\\\n]*)"/y;
const singleQuoted = /'([^'\n]*)'(?!')/y;
const restOfLine = / *(?:(?<= )#[^\n]*)?(?:\n|$)/y;
const skipped = /(?: *(?:#[^\n]*)?\n)*/y;
const deepest = 50;

function createReader(text: string) {
  let at = 0;
  let line = 1;
  let lineStart = 0;

  const place = (from: number, to: number) => ({ line, column: from - lineStart + 1, length: Math.max(1, to - from) });
  /** To the end of its first line, as far as anything of it is pointed at. */
  const placeOfBlock = (from: number) => {
    const end = text.indexOf('\n', from);
    return place(from, end < 0 ? text.length : end);
  };
  const match = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found) at = pattern.lastIndex;
    return found;
  };
  const skipSpaces = () => {
    while (text.charCodeAt(at) === 32) at += 1;
  };
  const countLines = (from: number) => {
    for (let end = text.indexOf('\n', from); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) {
      line += 1;
      lineStart = end + 1;
    }
  };
  /** Ends a line behind a value, and goes over what says nothing; gives the next line's indentation. */
  const endLine = (): number => {
    const from = at;
    if (!match(restOfLine)) throw beyond;
    match(skipped);
    countLines(from);
    return indentation();
  };
  const indentation = (): number => {
    const start = at;
    while (text.charCodeAt(at) === 32) at += 1;
    const indent = at - start;
    at = start;
    return at + indent === text.length ? -1 : indent;
  };

  const scalar = (from: number, source: string): YamlScalar => {
    const to = from + source.length;
    return { kind: 'scalar', value: plainValue(source), at: place(from, to), range: [from, to] };
  };
  const quoted = (): YamlScalar => {
    const from = at;
    const [, value] = match(text[at] === '"' ? doubleQuoted : singleQuoted) ?? [];
    if (value === undefined) throw beyond;
    return { kind: 'scalar', value, at: place(from, at), range: [from, at] };
  };
  const isQuote = () => text[at] === '"' || text[at] === "'";

  function flow(depth: number): YamlValue {
    if (depth > deepest) throw beyond;
    if (text[at] === '{') return flowMap(depth);
    if (text[at] === '[') return flowList(depth);
    if (isQuote()) return quoted();
    const from = at;
    const source = match(flowText)?.[0].trimEnd();
    if (source === undefined || isTorn(source)) throw beyond;
    at = from + source.length;
    return scalar(from, source);
  }

  function flowList(depth: number): YamlList {
    const from = at;
    const elements: YamlValue[] = [];
    at += 1;
    for (skipSpaces(); text[at] !== ']'; skipSpaces()) {
      elements.push(flow(depth + 1));
      betweenFlow(']');
    }
    at += 1;
    return { kind: 'list', elements, at: place(from, at) };
  }

  function flowMap(depth: number): YamlMap {
    const from = at;
    const entries: YamlEntry[] = [];
    const keys = new Set<string>();
    at += 1;
    for (skipSpaces(); text[at] !== '}'; skipSpaces()) {
      const { key, keyAt } = readKey(keys);
      if (text[at] !== ' ') throw beyond;
      skipSpaces();
      entries.push({ key, keyAt, value: flow(depth + 1) });
      betweenFlow('}');
    }
    at += 1;
    return { kind: 'map', entries, at: place(from, at) };
  }

  function betweenFlow(end: string): void {
    skipSpaces();
    if (text[at] === ',') at += 1;
    else if (text[at] !== end) throw beyond;
  }

  /** With its colon. */
  function readKey(others: Set<string>) {
    const from = at;
    const key = match(keyPattern)?.[0];
    if (key === undefined || others.has(key)) throw beyond;
    others.add(key);
    const keyAt = place(from, at);
    at += 1;
    return { key, keyAt };
  }

  /** Below the key or dash of a line that ends here; `least` spaces belong to it. */
  function below(least: number, depth: number, isKey: boolean): YamlValue {
    const from = at;
    const empty = { kind: 'scalar', value: null, at: place(from, from), range: [from, from] } as const;
    const isBare = from === text.length || text[from] === '\n';
    const indent = endLine();
    const isDash = text[at + indent] === '-' && text[at + indent + 1] === ' ';
    if (indent >= least || (isKey && isDash && indent === least - 1)) return block(indent, depth);
    // Where nothing stands is another question when spaces or a comment follow.
    if (!isBare) throw beyond;
    return empty;
  }

  /** `at` stands at the beginning of its first line. */
  function block(indent: number, depth: number): YamlValue {
    if (depth > deepest) throw beyond;
    at += indent;
    return text[at] === '-' && text[at + 1] === ' ' ? blockList(indent, depth) : blockMap(indent, depth);
  }

  function blockMap(indent: number, depth: number): YamlMap {
    const place = placeOfBlock(at);
    const entries: YamlEntry[] = [];
    const keys = new Set<string>();
    for (;;) {
      const { key, keyAt } = readKey(keys);
      const value = entryValue(indent, depth, true);
      entries.push({ key, keyAt, value });
      const next = indentation();
      if (next > indent) throw beyond;
      if (next < indent) return { kind: 'map', entries, at: place };
      at += indent;
    }
  }

  function blockList(indent: number, depth: number): YamlList {
    const place = placeOfBlock(at);
    const elements: YamlValue[] = [];
    for (;;) {
      at += 1;
      elements.push(entryValue(indent, depth, false));
      const next = indentation();
      if (next > indent) throw beyond;
      const isNext = next === indent && text[at + indent] === '-' && text[at + indent + 1] === ' ';
      if (!isNext) return { kind: 'list', elements, at: place };
      at += indent;
    }
  }

  /** Behind a colon or a dash; leaves `at` at the beginning of a line. */
  function entryValue(indent: number, depth: number, isKey: boolean): YamlValue {
    const colon = at;
    skipSpaces();
    if (at >= text.length || text[at] === '\n' || text[at] === '#') {
      at = colon;
      return below(indent + 1, depth + 1, isKey);
    }
    let value: YamlValue;
    if (text[at] === '{' || text[at] === '[') value = flow(depth + 1);
    else if (isQuote()) value = quoted();
    else {
      // `- a: b` begins a map in its own column.
      keyPattern.lastIndex = at;
      if (keyPattern.test(text)) throw beyond;
      const from = at;
      const found = match(blockText)?.[0];
      const comment = found?.indexOf(' #') ?? -1;
      const source = (comment < 0 ? found : found?.slice(0, comment))?.trimEnd();
      if (source === undefined || isTorn(source)) throw beyond;
      at = from + source.length;
      value = scalar(from, source);
    }
    // A deeper line would go on with the text.
    if (endLine() > indent) throw beyond;
    return value;
  }

  return () => {
    match(skipped);
    countLines(0);
    if (indentation() !== 0) throw beyond;
    const root = block(0, 0);
    if (indentation() >= 0) throw beyond;
    return root;
  };
}

/** A colon or a number sign that makes something else of a text, or a dash that begins a list. */
function isTorn(source: string): boolean {
  return /:(?: |$)| #|^-(?: |$)|^(?:---|\.\.\.)/.test(source);
}

function plainValue(source: string): string | number | boolean | null {
  if (words.has(source)) return words.get(source) as boolean | null;
  if (!/^[-.\d]/.test(source)) return source;
  if (/^(?:0|-?[1-9]\d{0,14}|-?\d{1,9}\.\d{1,9})$/.test(source)) return Number(source);
  // Octal, hexadecimal, exponents, infinities: what could be one of these is the library's.
  if (/^[\da-foxin._+-]+$/i.test(source)) throw beyond;
  return source;
}

const words = new Map<string, boolean | null>([
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
