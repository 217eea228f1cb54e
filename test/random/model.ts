/** What a run has to leave behind and what it has to execute, worked out from the pipeline alone. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  choiceFile,
  commandOf,
  inputsOf,
  isFolder,
  isListed,
  moduleOf,
  overOf,
  photoFolder,
  type Ref,
  type State,
  signature,
  tasksOf,
} from './pipelines.ts';

/** A file's text, or a folder's files by path; of items also by id. */
type Content = string | ReadonlyMap<string, { readonly id: string; readonly text: string }>;

/** One thing that a stage's body does once: a task, or one item of it. */
export interface Work {
  /** As the body notes it: `s2@1:sub/a.txt`. */
  readonly name: string;
  readonly task: string;
  /** Of an item. */
  readonly id?: string;
  /** All that its result can depend on. */
  readonly key: string;
  /** What it writes. */
  readonly texts: readonly string[];
  readonly isInFolder: boolean;
}

export interface Expectation {
  readonly works: readonly Work[];
  readonly tasks: readonly string[];
  /** Every file below artifacts/, by path, of the tasks that are wanted. */
  readonly files: ReadonlyMap<string, string>;
  /** Those that are outputs as a whole. */
  readonly folders: readonly string[];
}

type Value = 1 | 2 | undefined;

/** Of one stage with all that it needs, or of the whole pipeline; `variable` stands for the one in pipeline.yaml. */
export function expect(state: State, target: number | undefined, variable = state.variable): Expectation {
  const contents = new Map<string, Content>();
  const works = new Map<string, readonly Work[]>();
  for (const [index] of state.stages.entries())
    for (const value of tasksOf(state, index)) make(state, { index, value, variable, contents, works });
  const wanted = new Set<string>();
  const stages = target === undefined ? [...state.stages.keys()] : [target];
  for (const index of stages)
    for (const value of tasksOf(state, index)) want(state, { index, value, contents }, wanted);
  const files = new Map<string, string>();
  const folders: string[] = [];
  for (const task of wanted) {
    const content = contents.get(task) as Content;
    const folder = `artifacts/${task.replace('@', '/m=')}`;
    if (typeof content === 'string') files.set(`${folder}/x.txt`, content);
    else {
      const below = state.stages[indexOf(task)]?.kind === 'each' ? folder : `${folder}/tree`;
      folders.push(below);
      for (const [path, { text }] of content) files.set(`${below}/${path}`, text);
    }
  }
  return { works: [...wanted].flatMap((task) => works.get(task) ?? []), tasks: [...wanted], files, folders };
}

const nameOf = (index: number, value: Value) => `s${index}${value === undefined ? '' : `@${value}`}`;
const indexOf = (task: string) => Number(task.slice(1).split('@')[0]);

/** What a stage sees of one file or folder that it reads. */
interface Piece {
  readonly path: string;
  readonly content: Content;
  readonly stage: number | undefined;
  readonly value: Value;
}

function piecesOf(ref: Ref, state: State, contents: ReadonlyMap<string, Content>): Piece[] {
  if (ref.kind === 'source') {
    const content = sourceOf(ref, state);
    return content === undefined ? [] : [{ path: ref.path, content, stage: undefined, value: undefined }];
  }
  const wanted =
    ref.kind === 'only' ? chosen(ref, state, contents) : ref.value ? [ref.value] : tasksOf(state, ref.stage);
  return wanted.map((value) => {
    const task = nameOf(ref.stage, value);
    return { path: pathOf(task, state), content: contents.get(task) as Content, stage: ref.stage, value };
  });
}

function pathOf(task: string, state: State): string {
  const shape = state.stages[indexOf(task)];
  const out = shape?.kind === 'each' ? '' : shape?.folder && shape.kind === 'plain' ? '/tree' : '/x.txt';
  return `artifacts/${task}${out}`;
}

function sourceOf({ path, form }: Ref & { kind: 'source' }, { sources }: State): Content | undefined {
  if (form !== 'folder') return sources.get(path);
  const inside = [...sources].filter(([name]) => name.startsWith(`${photoFolder}/`));
  return new Map(
    inside
      .map(([name, text]) => [name.slice(photoFolder.length + 1), text] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([id, text]) => [id, { id, text }]),
  );
}

function chosen(ref: Ref & { kind: 'only' }, state: State, contents: ReadonlyMap<string, Content>): Value[] {
  const text = ref.choice === undefined ? state.sources.get(choiceFile) : contents.get(nameOf(ref.choice, undefined));
  return (JSON.parse(text as string) as { m: 1 | 2 }[]).map(({ m }) => m);
}

const textOf = (content: Content) =>
  typeof content === 'string' ? content : [...content.values()].map(({ text }) => text).join('');

interface Task {
  readonly index: number;
  readonly value: Value;
  readonly contents: Map<string, Content>;
}

function make(
  state: State,
  { index, value, variable, contents, works }: Task & { variable: number; works: Map<string, readonly Work[]> },
): void {
  const shape = state.stages[index];
  if (shape === undefined) return;
  const task = nameOf(index, value);
  const parameter = shape.variable ? variable : (state.parameters[index] ?? 0);
  const refs = inputsOf(state, index);
  const given = refs.map((ref) => piecesOf(ref, state, contents));
  const read = given
    .flat()
    .map(({ content }) => textOf(content))
    .join('');
  const sign = `${signature(parameter, value ?? '', state.codes[index] ?? 0)}\n`;
  const pass = (text: string) => (shape.narrow && shape.kind !== 'choice' ? text.slice(0, 1) : text);
  const inputs = given.map((pieces, place) => {
    const isList = isListed(refs[place] as Ref, state);
    return pieces.map((piece) => describe(piece, { isList, isModule: shape.use, ref: refs[place] as Ref, state }));
  });
  const code = shape.use ? moduleOf(state, index) : commandOf(state, index);
  const key = (more: unknown) => JSON.stringify([code, shape.kind, shape.use, parameter, value, inputs, more]);
  if (shape.kind === 'each') {
    const [over] = piecesOf(overOf(state, index), state, contents) as [Piece];
    const items = [...(over.content as Exclude<Content, string>)].map(([path, { id, text }]) => {
      // What a folder holds is known by its paths, what an item stage made by its items' ids.
      const own = over.stage !== undefined && state.stages[over.stage]?.kind === 'each' ? id : path;
      return { id: own, read: text, text: pass(text + read) + sign };
    });
    contents.set(
      task,
      new Map(
        items
          .map(({ id, text }) => [`${id}.x`, { id, text }] as const)
          .sort(([one], [other]) => (one < other ? -1 : 1)),
      ),
    );
    const made = items.map(({ id, read: own, text }): Work => {
      return { name: `${task}:${id}`, task, id, key: key([id, own]), texts: [text], isInFolder: true };
    });
    works.set(task, made);
    return;
  }
  const texts = shape.kind === 'choice' ? [read] : shape.folder ? [pass(read), sign] : [pass(read) + sign];
  const [first = '', second = ''] = texts;
  const isInFolder = shape.kind === 'plain' && shape.folder;
  const inFolder = new Map([
    ['a', { id: 'a', text: first }],
    ['sub/b', { id: 'sub/b', text: second }],
  ]);
  contents.set(task, isInFolder ? inFolder : first);
  works.set(task, [{ name: task, task, key: key([]), texts: isInFolder ? texts : [first], isInFolder }]);
}

interface Described {
  readonly isList: boolean;
  readonly isModule: boolean;
  readonly ref: Ref;
  readonly state: State;
}

/** A command sees whole paths, a module the names of files alone; of listed ones either sees where they come from. */
function describe({ path, content, stage, value }: Piece, { isList, isModule, ref, state }: Described): unknown {
  const name = isModule ? (isFolder(ref, state) ? '' : basename(path)) : path;
  const contents = typeof content === 'string' ? content : [...content];
  return [contents, name, ...(isList ? [stage, value] : [])];
}

/** Adds a task with all that it needs; of what a choice is made among only what it names. */
function want(state: State, { index, value, contents }: Task, wanted: Set<string>): void {
  const task = nameOf(index, value);
  if (wanted.has(task)) return;
  const refs = [...inputsOf(state, index), ...(state.stages[index]?.kind === 'each' ? [overOf(state, index)] : [])];
  for (const ref of refs) {
    if (ref.kind === 'only' && ref.choice !== undefined)
      want(state, { index: ref.choice, value: undefined, contents }, wanted);
    for (const { stage, value: needed } of piecesOf(ref, state, contents))
      if (stage !== undefined) want(state, { index: stage, value: needed, contents }, wanted);
  }
  wanted.add(task);
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
