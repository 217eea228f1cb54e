/** Pipelines of every kind of stage, as data: what they are made of, and their text. */
import fc from 'fast-check';

/** Where an input comes from, counted among all that can be read there. */
export interface Wish {
  readonly from: number;
  /** Of a matrix stage: all of its tasks, or one of them. */
  readonly value: 1 | 2 | undefined;
}

export interface Shape {
  /** `choice` hands on the list of wanted matrix values. */
  readonly kind: 'plain' | 'each' | 'choice';
  /** A module, or a command. */
  readonly use: boolean;
  readonly matrix: boolean;
  /** Writes a folder of two files instead of one file. */
  readonly folder: boolean;
  /** Passes on the first character of what it reads alone, so that many edits end there. */
  readonly narrow: boolean;
  readonly inputs: readonly Wish[];
  readonly over: Wish;
  /** Reads those tasks of a matrix stage that a choice names, where there is such a stage. */
  readonly only: { readonly from: number; readonly choice: number } | undefined;
  /** Its parameter is the pipeline's variable. */
  readonly variable: boolean;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  from: fc.nat(30),
  value: fc.constantFrom(undefined, 1 as const, 2 as const),
});

export function shapes(use: number): fc.Arbitrary<Shape> {
  return fc.record({
    kind: fc.oneof(
      { weight: 5, arbitrary: fc.constant('plain' as const) },
      { weight: 4, arbitrary: fc.constant('each' as const) },
      { weight: 1, arbitrary: fc.constant('choice' as const) },
    ),
    use: fc.nat(99).map((amount) => amount < use),
    matrix: fc.nat(3).map((amount) => amount === 0),
    folder: fc.nat(3).map((amount) => amount === 0),
    narrow: fc.boolean(),
    inputs: fc.array(wish, { minLength: 1, maxLength: 3 }),
    over: wish,
    only: fc.option(fc.record({ from: fc.nat(5), choice: fc.nat(5) }), { nil: undefined, freq: 2 }),
    variable: fc.nat(3).map((amount) => amount === 0),
  });
}

export interface State {
  readonly stages: Shape[];
  readonly parameters: number[];
  readonly codes: number[];
  /** Counts edits that mean nothing. */
  comments: number;
  variable: number;
  /** By path. */
  readonly sources: Map<string, string>;
}

export const values = [1, 2] as const;
export const sourceFiles = ['src1.txt', 'src2.txt'] as const;
export const optionalFile = 'opt.txt';
export const choiceFile = 'choice.json';
export const photoFolder = 'photos';

export function startState(stages: readonly Shape[]): State {
  const sources = new Map([
    ['src1.txt', 'a'],
    ['src2.txt', 'b'],
    [choiceFile, '[{"m":1}]'],
    // Never removed, since a folder without files is refused.
    [`${photoFolder}/keep.txt`, 'k'],
    [`${photoFolder}/sub/two.txt`, 'b'],
  ]);
  const zeros = () => stages.map(() => 0);
  return { stages: [...stages], parameters: zeros(), codes: zeros(), comments: 0, variable: 0, sources };
}

/** What an input names once it is known which stages stand before it. */
export type Ref =
  | { readonly kind: 'source'; readonly path: string; readonly form: 'file' | 'folder' | 'optional' }
  | { readonly kind: 'stage'; readonly stage: number; readonly value: 1 | 2 | undefined }
  | { readonly kind: 'only'; readonly stage: number; readonly choice: number | undefined };

const isMatrix = ({ matrix, kind }: Shape) => matrix && kind !== 'choice';

/** Only earlier stages can be named, so that there is no cycle. */
export function inputsOf({ stages }: State, index: number): Ref[] {
  const shape = stages[index] as Shape;
  if (shape.kind === 'choice') return [{ kind: 'source', path: choiceFile, form: 'file' }];
  const refs = shape.inputs.slice(0, shape.kind === 'each' ? 1 : 3).map(({ from, value }): Ref => {
    const files = sourceFiles.map((path) => ({ kind: 'source', path, form: 'file' }) as const);
    const sources: Ref[] = [
      ...files,
      { kind: 'source', path: optionalFile, form: 'optional' },
      { kind: 'source', path: photoFolder, form: 'folder' },
    ];
    // Stages count twice, so that graphs grow deep.
    const at = from % (sources.length + 2 * index);
    return sources[at] ?? stageRef(stages, (at - sources.length) % index, value);
  });
  const matrices = stages.slice(0, index).flatMap((one, place) => (isMatrix(one) ? [place] : []));
  const choices = stages.slice(0, index).flatMap((one, place) => (one.kind === 'choice' ? [place] : []));
  const of = shape.only && matrices[shape.only.from % matrices.length];
  if (shape.kind === 'plain' && shape.only && of !== undefined) {
    refs.push({ kind: 'only', stage: of, choice: [undefined, ...choices][shape.only.choice % (choices.length + 1)] });
  }
  const seen = new Set<string>();
  return refs.filter((ref) => !seen.has(JSON.stringify(ref)) && seen.add(JSON.stringify(ref)));
}

function stageRef(stages: readonly Shape[], stage: number, value: 1 | 2 | undefined): Ref {
  return { kind: 'stage', stage, value: isMatrix(stages[stage] as Shape) ? value : undefined };
}

/** What an `each` stage goes over: the photos, the items of another one, or a folder that a stage writes. */
export function overOf({ stages }: State, index: number): Ref {
  const { over } = stages[index] as Shape;
  const folders = stages.slice(0, index).flatMap((one, place) => (holdsFiles(one) ? [place] : []));
  const stage = [undefined, ...folders, ...folders][over.from % (2 * folders.length + 1)];
  if (stage === undefined) return { kind: 'source', path: photoFolder, form: 'folder' };
  return stageRef(stages, stage, over.value ?? 1);
}

export function holdsFiles({ kind, folder }: Shape): boolean {
  return kind === 'each' || (kind === 'plain' && folder);
}

export function tasksOf({ stages }: State, index: number): readonly (1 | 2 | undefined)[] {
  return isMatrix(stages[index] as Shape) ? values : [undefined];
}

/** How an input reaches a stage: a path, or a list of them. */
export function isListed(ref: Ref, { stages }: State): boolean {
  if (ref.kind === 'only') return true;
  return ref.kind === 'stage' && ref.value === undefined && isMatrix(stages[ref.stage] as Shape);
}

export function isFolder(ref: Ref, { stages }: State): boolean {
  return ref.kind === 'source' ? ref.form === 'folder' : holdsFiles(stages[ref.stage] as Shape);
}

export function pipelineOf(state: State): string {
  const lines = state.stages.map((shape, index) => stageText(state, index, shape));
  return `# ${state.comments}\nvars: { v: ${state.variable} }\nstages:\n${lines.join('')}`;
}

function stageText(state: State, index: number, shape: Shape): string {
  const inputs = inputsOf(state, index).map((ref, place) => `i${place}: ${nameOf(ref)}`);
  const out = shape.kind === 'each' ? '"${p.id}.x"' : shape.folder && shape.kind === 'plain' ? 'tree/' : 'x.txt';
  const parts = [
    shape.use ? `use: s${index}.ts` : `run: '${commandOf(state, index)}'`,
    `in: { ${inputs.join(', ')} }`,
    ...(shape.kind === 'each' ? [`each: { p: ${nameOf(overOf(state, index))} }`] : []),
    ...(isMatrix(shape) ? [`matrix: { m: [${values.join(', ')}] }`] : []),
    `with: { p: ${shape.variable ? '$v' : state.parameters[index]} }`,
    `out: ${out}`,
  ];
  return `  s${index}: { ${parts.join(', ')} }\n`;
}

function nameOf(ref: Ref): string {
  if (ref.kind === 'source') return ref.form === 'optional' ? `${ref.path}?` : ref.path;
  if (ref.kind === 'stage') return ref.value === undefined ? `s${ref.stage}` : `s${ref.stage}@${ref.value}`;
  return `{ from: s${ref.stage}, only: ${ref.choice === undefined ? choiceFile : `s${ref.choice}`} }`;
}

/** What a stage writes behind what it read: a code edit shows in it. */
export const signature = (parameter: number | string, value: number | string, code: number) =>
  `${parameter}${value}c${code}`;

export function commandOf(state: State, index: number): string {
  const shape = state.stages[index] as Shape;
  const value = isMatrix(shape) ? '${m}' : '';
  const reads = inputsOf(state, index).map((ref, place) =>
    isFolder(ref, state)
      ? `for d in \${in.i${place}}; do find "$d" -type f -print0 | LC_ALL=C sort -z | xargs -0 cat; done`
      : `cat /dev/null \${in.i${place}}`,
  );
  if (shape.kind === 'choice') return `${reads[0]} > \${out}; echo s${index} >> runs.log`;
  if (shape.kind === 'each') reads.unshift('cat ${p.path}');
  const pass = shape.narrow ? ' | head -c 1' : '';
  const signed = `echo ${signature('${with.p}', value, state.codes[index] ?? 0)}`;
  const log = `echo s${index}${value === '' ? '' : '@${m}'}${shape.kind === 'each' ? ':${p.id}' : ''} >> runs.log`;
  const read = `{ ${reads.join('; ')}; }${pass}`;
  if (shape.folder && shape.kind === 'plain')
    return `mkdir -p \${out}/sub; ${read} > \${out}/a; ${signed} > \${out}/sub/b; ${log}`;
  return `${read} > \${out}; ${signed} >> \${out}; ${log}`;
}

/** The module of a stage; `comments` alone change nothing that it does. */
export function moduleOf(state: State, index: number, comments = 0): string {
  const shape = state.stages[index] as Shape;
  const refs = inputsOf(state, index);
  const declared = refs.map((ref, place) => `i${place}: ${declarationOf(ref, state)}`);
  const reads = refs.map((ref, place) => {
    const read = isFolder(ref, state) ? 'readFolder' : 'readFile';
    if (isListed(ref, state)) return `inputs.i${place}.map(({ path }) => ${read}(path)).join('')`;
    return isItems(ref, state) ? `readFolder(inputs.i${place}.folder)` : `${read}(inputs.i${place})`;
  });
  const own = isMatrix(shape) ? ' + matrix.m' : '';
  const name = `'s${index}'${isMatrix(shape) ? " + '@' + matrix.m" : ''}`;
  const signed = `params.p + ''${own} + 'c' + code + '\\n'`;
  const pass = shape.narrow ? '.slice(0, 1)' : '';
  const read = reads.length === 0 ? "''" : reads.join(' + ');
  const bodies = {
    choice: `writeFileSync(outputs.out, ${read}); note(${name});`,
    plain: shape.folder
      ? `mkdirSync(outputs.out + '/sub', { recursive: true }); writeFileSync(outputs.out + '/a', (${read})${pass}); writeFileSync(outputs.out + '/sub/b', ${signed}); note(${name});`
      : `writeFileSync(outputs.out, (${read})${pass} + ${signed}); note(${name});`,
    each: `const read = ${read}; for (const item of items) { writeFileSync(item.outputs.out, (readFile(item.path) + read)${pass} + ${signed}); note(${name} + ':' + item.id); }`,
  };
  // Left out where nothing uses it: code that changes no behaviour is no part of a key.
  const code = shape.kind === 'choice' ? '' : `const code = ${state.codes[index]};\n`;
  const kind = shape.kind === 'each' ? 'itemStage' : 'stage';
  const given = shape.kind === 'each' ? 'items, inputs, params, matrix' : 'inputs, outputs, params, matrix';
  return `// ${comments}
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as flow from 'flow/stage';
import { z } from 'zod';
${code}const note = (text: string) => appendFileSync('runs.log', text + '\\n');
const readFile = (path?: string) => (path === undefined ? '' : readFileSync(path, 'utf8'));
const readFolder = (path: string) => readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(path + '/' + name).isFile()).sort().map((name) => readFile(path + '/' + name)).join('');
export default flow.${kind}({
  params: z.object({ p: z.number() }),
  inputs: { ${declared.join(', ')} },
  outputs: { out: flow.${shape.kind === 'plain' && shape.folder ? 'folder' : 'file'} },
  run: ({ ${given} }) => { ${bodies[shape.kind]} },
});
`;
}

function isItems(ref: Ref, { stages }: State): boolean {
  return ref.kind === 'stage' && stages[ref.stage]?.kind === 'each';
}

function declarationOf(ref: Ref, state: State): string {
  if (isListed(ref, state)) return 'flow.list';
  if (isItems(ref, state)) return 'flow.items';
  if (isFolder(ref, state)) return 'flow.folder';
  return ref.kind === 'source' && ref.form === 'optional' ? 'flow.optional(flow.file)' : 'flow.file';
}
