/** What happens to a project between two runs: edits that a person makes, and faults that befall it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { overwriteQuietly } from '../traces/finished-run.ts';
import {
  choiceFile,
  moduleOf,
  optionalFile,
  photoFolder,
  pipelineOf,
  type Shape,
  type State,
  shapes,
  sourceFiles,
} from './pipelines.ts';

export type Change =
  | { readonly kind: 'source'; readonly which: number; readonly text: string }
  /** New bytes with the size and the time of the old ones. */
  | { readonly kind: 'quiet source'; readonly which: number; readonly text: string }
  | { readonly kind: 'touch'; readonly which: number }
  | { readonly kind: 'option'; readonly text: string | undefined }
  | { readonly kind: 'photo'; readonly name: string; readonly text: string | undefined }
  | { readonly kind: 'rename'; readonly from: string; readonly to: string }
  | { readonly kind: 'choice'; readonly text: string }
  | { readonly kind: 'parameter' | 'code'; readonly which: number; readonly value: number }
  | { readonly kind: 'variable'; readonly value: number }
  | { readonly kind: 'comment' }
  | { readonly kind: 'rewire'; readonly which: number; readonly shape: Shape }
  | { readonly kind: 'tamper' | 'quiet tamper' | 'remove'; readonly which: number }
  | { readonly kind: 'object'; readonly which: number; readonly how: 'rubbish' | 'quiet' | 'removed' }
  | { readonly kind: 'records'; readonly which: number }
  | { readonly kind: 'index' | 'caches' | 'artifacts' | 'book' | 'nothing' };

export interface Step {
  readonly change: Change;
  /** Of a stage with what it needs; everything where it is absent. */
  readonly target: number | undefined;
  /** `--set v=…`. */
  readonly set: number | undefined;
  /** Runs once more at the end, so that the next step meets what a run without work leaves behind. */
  readonly again: boolean;
  /** Stops the run after so many lines, before it is run to its end. */
  readonly stopAfter: number | undefined;
  /** Kills a run in another process with SIGKILL after so many milliseconds, where kills are asked for. */
  readonly killAfter: number | undefined;
}

const which = fc.nat(1000);
const names = ['a.txt', 'b c.txt', 'sub/d.txt', 'sub/two.txt'] as const;
const texts = fc.constantFrom('a', 'b', 'ab', 'c');
const kind = <K extends string>(...kinds: K[]) => fc.constantFrom(...kinds);

export function changes(use: number): fc.Arbitrary<Change> {
  const all: readonly (readonly [number, fc.Arbitrary<Change>])[] = [
    [3, fc.record({ kind: kind('source'), which, text: texts })],
    [2, fc.record({ kind: kind('quiet source'), which, text: texts })],
    [1, fc.record({ kind: kind('touch'), which })],
    [2, fc.record({ kind: kind('option'), text: fc.option(texts, { nil: undefined }) })],
    [
      4,
      fc.record({ kind: kind('photo'), name: fc.constantFrom(...names), text: fc.option(texts, { nil: undefined }) }),
    ],
    [2, fc.record({ kind: kind('rename'), from: fc.constantFrom(...names), to: fc.constantFrom(...names) })],
    [
      2,
      fc.record({ kind: kind('choice'), text: fc.constantFrom('[]', '[{"m":1}]', '[{"m":2}]', '[{"m":2},{"m":1}]') }),
    ],
    [4, fc.record({ kind: kind('parameter', 'code'), which, value: fc.nat(2) })],
    [1, fc.record({ kind: kind('variable'), value: fc.nat(2) })],
    [2, fc.record({ kind: kind('comment') })],
    [2, fc.record({ kind: kind('rewire'), which, shape: shapes(use) })],
    [4, fc.record({ kind: kind('tamper', 'quiet tamper', 'remove'), which })],
    [3, fc.record({ kind: kind('object'), which, how: kind('rubbish', 'quiet', 'removed') })],
    [1, fc.record({ kind: kind('records'), which })],
    [3, fc.record({ kind: kind('index', 'caches', 'artifacts', 'book', 'nothing') })],
  ];
  return fc.oneof(...all.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

export function steps(use: number): fc.Arbitrary<Step> {
  return fc.record({
    change: changes(use),
    target: fc.option(fc.nat(5), { nil: undefined, freq: 3 }),
    set: fc.option(fc.nat(2), { nil: undefined, freq: 5 }),
    again: fc.boolean(),
    stopAfter: fc.option(fc.nat(12), { nil: undefined, freq: 5 }),
    killAfter: fc.option(fc.integer({ min: 50, max: 900 }), { nil: undefined, freq: 5 }),
  });
}

/** What a change has put in doubt: the store may have lost something. */
export interface Harm {
  /** Digests of contents that may be damaged. */
  readonly digests: readonly string[];
  /** Files of records that are gone, as they were. */
  readonly records: readonly string[];
}

const none: Harm = { digests: [], records: [] };

/** Makes a change; what it puts in doubt is told by contents, as a copy of theirs may serve instead. */
export function apply(change: Change, state: State, root: string): Harm {
  const at = 'which' in change ? change.which % state.stages.length : 0;
  switch (change.kind) {
    case 'source':
      state.sources.set(nameOf(change.which), change.text);
      return none;
    case 'quiet source':
      return rewriteQuietly(nameOf(change.which), change.text, state, root);
    case 'touch': {
      const paths = [...state.sources.keys()];
      const now = new Date();
      utimesSync(join(root, paths[change.which % paths.length] ?? ''), now, now);
      return none;
    }
    case 'option':
      put(state.sources, optionalFile, change.text);
      return none;
    case 'photo':
      put(state.sources, `${photoFolder}/${change.name}`, change.text);
      return none;
    case 'rename': {
      const [from, to] = [`${photoFolder}/${change.from}`, `${photoFolder}/${change.to}`];
      const text = state.sources.get(from);
      if (text === undefined || from === to) return none;
      state.sources.delete(from);
      state.sources.set(to, text);
      return none;
    }
    case 'choice':
      state.sources.set(choiceFile, change.text);
      return none;
    case 'parameter':
      state.parameters[at] = change.value;
      return none;
    case 'code':
      state.codes[at] = change.value;
      return none;
    case 'variable':
      state.variable = change.value;
      return none;
    case 'comment':
      state.comments += 1;
      return none;
    case 'rewire':
      state.stages[at] = change.shape;
      return none;
    default:
      return befall(change, root);
  }
}

const nameOf = (which: number) => sourceFiles[which % sourceFiles.length] ?? sourceFiles[0];

function put(sources: Map<string, string>, path: string, text: string | undefined): void {
  if (text === undefined) sources.delete(path);
  else sources.set(path, text);
}

function rewriteQuietly(name: string, text: string, state: State, root: string): Harm {
  const same = text.padEnd(state.sources.get(name)?.length ?? 0, 'x').slice(0, state.sources.get(name)?.length);
  state.sources.set(name, same);
  overwriteQuietly(join(root, name), same);
  return none;
}

/** Faults below artifacts/ and .flow/. */
function befall(change: Change, root: string): Harm {
  switch (change.kind) {
    case 'tamper':
    case 'quiet tamper':
    case 'remove':
      return meddle(change, filesBelow(join(root, 'artifacts')));
    case 'object': {
      const objects = filesBelow(join(root, '.flow/objects'));
      const path = objects[change.which % objects.length];
      if (path === undefined) return none;
      const size = statSync(path).size;
      if (change.how === 'removed') rmSync(path);
      else if (change.how === 'quiet') overwriteQuietly(path, Buffer.alloc(size, 'Z'));
      else {
        chmodSync(path, 0o644);
        writeFileSync(path, 'rubbish');
      }
      return { digests: [path.split('/').slice(-2).join('')], records: [] };
    }
    case 'records': {
      const files = filesBelow(join(root, '.flow/records'));
      const path = files[change.which % files.length];
      if (path === undefined) return none;
      const text = readFileSync(path, 'utf8');
      rmSync(path);
      return { digests: [], records: [text] };
    }
    case 'index':
      for (const ending of ['', '-wal', '-shm']) rmSync(join(root, `.flow/index.sqlite${ending}`), { force: true });
      return none;
    case 'caches':
      rmSync(join(root, '.flow/cache'), { recursive: true, force: true });
      return none;
    case 'artifacts':
      rmSync(join(root, 'artifacts'), { recursive: true, force: true });
      return none;
    case 'book':
      rmSync(join(root, '.flow/view.json'), { force: true });
      return none;
    default:
      return none;
  }
}

/** A file of an item stage shares its bytes with the store, which what is written into it damages. */
function meddle({ kind: how, which: place }: Change & { which: number }, files: readonly string[]): Harm {
  const path = files[place % files.length];
  if (path === undefined) return none;
  const bytes = readFileSync(path);
  if (how === 'remove') rmSync(path);
  else if (how === 'quiet tamper') overwriteQuietly(path, Buffer.alloc(bytes.length, 'Z'));
  else {
    chmodSync(path, 0o644);
    writeFileSync(path, 'tampered');
  }
  return { digests: how === 'remove' ? [] : [bytes.toString('latin1')], records: [] };
}

export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return paths.map((path) => join(folder, path)).filter((path) => statSync(path).isFile());
}

/** Puts the project's own files on disk as the state has them; what is right already is left alone. */
export function write(state: State, root: string): void {
  const texts = new Map(state.sources).set('pipeline.yaml', pipelineOf(state));
  for (const [index, { use }] of state.stages.entries()) {
    if (use) texts.set(`s${index}.ts`, moduleOf(state, index, state.comments));
  }
  for (const [path, text] of texts) {
    const place = join(root, path);
    if (existsSync(place) && readFileSync(place, 'utf8') === text) continue;
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  const photos = join(root, photoFolder);
  for (const path of filesBelow(photos)) {
    if (!state.sources.has(`${photoFolder}/${path.slice(photos.length + 1)}`)) rmSync(path);
  }
  if (!state.sources.has(optionalFile)) rmSync(join(root, optionalFile), { force: true });
}
