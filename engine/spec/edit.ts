/** Values set in the text of pipeline.yaml: every byte that belongs to none of them stays as a person wrote it. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Json } from '../model/names.ts';
import { parseYaml } from './document.ts';

export interface YamlEdit {
  /** Keys and, in lists, indices; `<<` leads into what is merged. What is missing at its end is added. */
  readonly path: readonly string[];
  /** Undefined takes the entry away. */
  readonly value: Json | undefined;
}

type Holder = YAMLMap<Node, Node | null> | YAMLSeq<Node | null>;

/** Carried out one by one, each on the text that the one before it left, so that no two can cut into each other. */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  return edits.reduce(applyEdit, text);
}

/** What stands there, aliases followed; undefined where nothing does. */
export function nodeAt(document: Document, path: readonly string[]): Node | undefined {
  let node = follow(document.contents, document);
  for (const step of path) {
    const held = isMap(node) || isSeq(node) ? itemAt(node as Holder, step) : undefined;
    if (held === undefined) return undefined;
    node = follow(heldBy(held), document) ?? new Scalar(null);
  }
  return node ?? undefined;
}

function applyEdit(text: string, { path, value }: YamlEdit): string {
  const document = parseYaml(text);
  let node = follow(document.contents, document);
  for (const [depth, step] of path.entries()) {
    const rest = path.slice(depth + 1);
    if (isScalar(node) && node.value === null) return replace(text, node, nest([step, ...rest], value ?? null));
    if (!isMap(node) && !isSeq(node)) throw new Error(`${path.slice(0, depth).join('.')} has no parts`);
    const holder = node as Holder;
    const held = itemAt(holder, step);
    if (held === undefined) return value === undefined ? text : insert(text, holder, step, nest(rest, value));
    if (rest.length > 0) node = follow(heldBy(held), document);
    else if (value === undefined) return remove(text, holder, holder.items.indexOf(held as never));
    else return setValue(text, { held, value, path, document });
  }
  return text;
}

interface Setting {
  readonly held: Item;
  readonly value: Json;
  readonly path: readonly string[];
  readonly document: Document;
}

function setValue(text: string, { held, value, path, document }: Setting): string {
  const written = heldBy(held);
  const node = follow(written, document);
  if (isSeq(node) && Array.isArray(value) && value.length > 0 && node.items.length > 0) {
    return setList(text, { before: node.toJS(document) as Json[], value, path });
  }
  if (node === null) return splice(text, endOf(held), endOf(held), `: ${write(value)}`);
  return replace(text, node, value);
}

/** Elements are taken away where that is all; otherwise each is set in its place, and the rest added or taken away. */
function setList(
  text: string,
  { before, value, path }: { before: Json[]; value: readonly Json[]; path: readonly string[] },
): string {
  const gone: number[] = [];
  let found = 0;
  before.forEach((element, index) => {
    if (found < value.length && isEqual(element, value[found])) found += 1;
    else gone.push(index);
  });
  const at = (index: number) => [...path, String(index)];
  const removals = (indices: readonly number[]) =>
    indices.toReversed().map((index) => ({ path: at(index), value: undefined }));
  if (found === value.length) return editYaml(text, removals(gone));
  const set = value.flatMap((element, index) =>
    isEqual(element, before[index]) ? [] : [{ path: at(index), value: element }],
  );
  const extra = before.flatMap((_, index) => (index < value.length ? [] : [index]));
  return editYaml(text, [...set, ...removals(extra)]);
}

function replace(text: string, node: Node, value: Json): string {
  const [from, end] = node.range as [number, number, number];
  // What ends with a line break (a block of lines) gives it back.
  const to = from + text.slice(from, end).trimEnd().length;
  // A list may begin in the column of its key, where nothing else may.
  const isBlock = (isMap(node) || isSeq(node)) && !node.flow;
  const gap = isBlock ? '  ' : from === end && !/\s/.test(text[from - 1] ?? '\n') ? ' ' : '';
  return splice(text, from, to, gap + write(value, isScalar(node) ? node : undefined));
}

function insert(text: string, holder: Holder, step: string, value: Json): string {
  const entry = isMap(holder) ? `${write(step)}: ${write(value)}` : write(value);
  const last = (holder.items as Item[]).at(-1);
  if (last === undefined) return splice(text, ...extentOf(holder), isMap(holder) ? `{ ${entry} }` : `[${entry}]`);
  const end = endOf(last);
  if (holder.flow) return splice(text, end, end, `, ${entry}`);
  const column = columnOf(text, startOf(text, (holder.items as Item[])[0] ?? last));
  const behind = from(text, trimmedEnd(text, last), /\r?\n|$/);
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  return splice(text, behind, behind, `${lineBreak}${' '.repeat(column)}${isMap(holder) ? '' : '- '}${entry}`);
}

function remove(text: string, holder: Holder, index: number): string {
  const { items } = holder;
  const item = items[index] as Item;
  if (items.length === 1) return replace(text, holder, isMap(holder) ? {} : []);
  const [before, after] = [items[index - 1], items[index + 1]] as [Item | undefined, Item | undefined];
  const start = startOf(text, item);
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (holder.flow || text.slice(lineStart, start).trim() !== '') {
    return after ? splice(text, start, startOf(text, after), '') : splice(text, endOf(before as Item), endOf(item), '');
  }
  const lineEnd = from(text, trimmedEnd(text, item), /\n|$/);
  return splice(text, lineStart, Math.min(lineEnd + 1, text.length), '');
}

type Item = Pair<Node, Node | null> | Node;

function itemAt(holder: Holder, step: string): Item | undefined {
  if (isSeq(holder)) return (holder.items[Number(step)] ?? undefined) as Item | undefined;
  return holder.items.find(({ key }) => isScalar(key) && String(key.source ?? key.value) === step);
}

function heldBy(item: Item): Node | null {
  return item instanceof Pair ? item.value : item;
}

function follow(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

/** A pair begins at its key, an element of a block list at its dash. */
function startOf(text: string, item: Item): number {
  const node = item instanceof Pair ? item.key : item;
  const [start] = extentOf(node);
  return item instanceof Pair || !/^\s*-\s/.test(text.slice(text.lastIndexOf('\n', start) + 1))
    ? start
    : text.lastIndexOf('-', start);
}

function endOf(item: Item): number {
  const node = item instanceof Pair ? (item.value ?? item.key) : item;
  return extentOf(node)[1];
}

function trimmedEnd(text: string, item: Item): number {
  return text.slice(0, endOf(item)).trimEnd().length;
}

function extentOf(node: Node): [number, number] {
  const [start, end] = node.range as [number, number, number];
  return [start, end];
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Where the pattern is found next. */
function from(text: string, offset: number, pattern: RegExp): number {
  return offset + text.slice(offset).search(pattern);
}

function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end);
}

function nest(path: readonly string[], value: Json | undefined): Json {
  return path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value ?? null);
}

/** On one line, so that it can stand in any place; a number or a text in the form of the one before it. */
function write(value: Json, former?: Scalar): string {
  if (Array.isArray(value)) return `[${value.map((element) => write(element)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${write(key)}: ${write(inner as Json)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  // YAML's own ways to write several lines are broken over several, for which there is no room.
  if (typeof value === 'string' && /[\r\n]/.test(value)) return JSON.stringify(value);
  const scalar = new Scalar(value);
  if (former && typeof value === typeof former.value) {
    if (typeof value === 'number' && former.format) scalar.format = former.format;
    if (typeof value === 'string' && former.type?.startsWith('QUOTE')) scalar.type = former.type;
  }
  // Between brackets a text is quoted wherever that may be needed.
  return stringify([scalar], { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 })
    .trim()
    .slice(1, -1);
}

function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
