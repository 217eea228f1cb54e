/** How the command of a `run:` stage is filled in, and the names that it may use. */
import type { Json, JsonObject } from './names.ts';
import { type Filling, fillParts, fillTemplate, lookUp, parseTemplate } from './template.ts';

/** One word of a POSIX shell that stands for exactly this text. */
export function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * In a text for the shell every inserted value is quoted, a list as several words. In a list of arguments a variable
 * that is an element of its own and holds a list becomes several arguments. Null, an absent input, is no word at all.
 */
export function fillCommand(
  command: string | readonly string[],
  variables: JsonObject,
  filling: Filling = {},
): string | readonly string[] {
  if (typeof command !== 'string') return command.flatMap((element) => fillArgument(element, variables, filling));
  const { parts } = parseTemplate(command);
  return fillParts(parts, { variables, filling, write: (value) => words(value).map(quoteForShell).join(' ') });
}

function fillArgument(element: string, variables: JsonObject, filling: Filling): readonly string[] {
  const { parts } = parseTemplate(element);
  const [only] = parts;
  if (parts.length === 1 && only?.kind === 'variable') {
    const value = lookUp(only.path, variables);
    if (value === undefined) return [fillTemplate(element, variables, filling) as string];
    return words(value).map((word) => (filling.partial ? (protectWord(word) as string) : word));
  }
  return [fillParts(parts, { variables, filling, write: (value) => words(value).join(' ') })];
}

function protectWord(word: string): Json {
  return fillTemplate('$word', { word }, { partial: true });
}

function words(value: Json): readonly string[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap(words);
  // A map has no order that its author meant, so its JSON is passed as one word.
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

interface CommandParts {
  /** A path, the paths of a list, or null where an optional input is absent. */
  readonly inputs: Readonly<Record<string, string | readonly string[] | null>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly with: JsonObject;
  /** The item's variable with its names, for an `each` stage. */
  readonly item?: { readonly variable: string; readonly names: JsonObject };
}

/** What `${in.x}`, `${out.y}`, `${with.z}` and `${photo.stem}` stand for; a single unnamed output is `${out}`. */
export function commandVariables(parts: CommandParts): JsonObject {
  const names = Object.keys(parts.outputs);
  const unnamed = names.length === 1 && names[0] === 'out' ? parts.outputs.out : undefined;
  return {
    in: parts.inputs,
    out: unnamed ?? parts.outputs,
    with: parts.with,
    ...(parts.item && { [parts.item.variable]: parts.item.names }),
  };
}

/**
 * The names of an item: `id` is its path below the source folder, `dir` the id's folder (`.` at the top),
 * `stem` and `ext` (with its dot) the two halves of its file name, `path` where the file lies.
 */
export function itemNames(id: string, path: string): JsonObject {
  const slash = id.lastIndexOf('/');
  const name = id.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  return { id, dir: slash < 0 ? '.' : id.slice(0, slash), stem, ext: name.slice(stem.length), path };
}
