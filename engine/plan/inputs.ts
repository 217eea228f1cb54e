import { digestText } from '../hash/digest.ts';
import type { PathState } from '../model/artifact.ts';
import type { Failure } from '../model/event.ts';
import type { ActionKey, Digest, Json, Matrix, StageName, TaskName } from '../model/names.ts';
import type { PathQuery } from '../model/ports.ts';
import type { ActionRecord, SkippedItem } from '../model/record.ts';
import type { Source, TaskGraph, TaskInput, TaskNode } from '../model/task.ts';

/** What inputs are resolved against: finished tasks, and the disk as one look saw it. */
export interface World {
  readonly graph: TaskGraph;
  /** Of a task whose outputs are known. */
  readonly record: (task: TaskName) => ActionRecord | undefined;
  /** Whether that is its last one by a person's choice. */
  readonly isKept: (task: TaskName) => boolean;
  readonly state: (query: PathQuery) => PathState;
  readonly readText: (digest: Digest) => Promise<string | undefined>;
  /** Of a source file, which the store does not hold; undefined where it cannot be read. */
  readonly readSource: (path: string) => Promise<string | undefined>;
}

/** One file, folder or item folder that a task reads. */
export interface Piece {
  /** Relative to the project (or absolute, as the pipeline says). */
  readonly path: string;
  /** A glob is a folder of which only the matching files count. */
  readonly kind: 'file' | 'folder' | 'items' | 'glob';
  readonly digest: Digest;
  readonly made?: {
    readonly task: TaskName;
    readonly stage: StageName;
    readonly matrix: Matrix;
    readonly out: string;
    readonly key: ActionKey;
    readonly kept?: true;
    /** What the stage skipped, where it works item by item. */
    readonly skips: readonly SkippedItem[];
  };
}

export interface ResolvedInput {
  readonly name: string;
  /** `one` has at most one piece; none where it is absent. */
  readonly shape: 'one' | 'list';
  readonly pieces: readonly Piece[];
}

export interface ResolvedInputs {
  readonly kind: 'resolved';
  readonly inputs: readonly ResolvedInput[];
  /** Of an `each` task: what its items come from. */
  readonly each: readonly Piece[];
}

export type Resolution =
  | ResolvedInputs
  | { readonly kind: 'wait'; readonly on: readonly TaskName[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Where a task's source files lie; asked of the disk in one go before anything is decided. */
export function pathQueries(task: TaskNode): PathQuery[] {
  const queries: PathQuery[] = [];
  const add = (source: Source | null) => {
    if (source?.kind === 'path') queries.push({ path: source.path, glob: source.glob });
  };
  for (const input of task.inputs) {
    if (input.kind === 'one') add(input.source);
    else if (input.kind === 'list') input.sources.forEach(add);
    else add(input.choice);
  }
  task.each?.sources.forEach(add);
  return queries;
}

/** Resolves every input of a task, or says what it waits for, or why it cannot be resolved. */
export async function resolveInputs(task: TaskNode, world: World): Promise<Resolution> {
  const waiting = new Set<TaskName>();
  let failure: Failure | undefined;
  const piece = (source: Source, input: string): Piece | undefined => {
    if (source.kind === 'output') {
      const record = world.record(source.task);
      if (record === undefined) waiting.add(source.task);
      return record && producedPiece(source, record, world);
    }
    const state = world.state({ path: source.path, glob: source.glob });
    if (state.kind === 'file') return { path: source.path, kind: 'file', digest: state.digest };
    if (state.kind === 'folder')
      return { path: source.path, kind: source.glob ? 'glob' : 'folder', digest: state.digest };
    if (state.kind === 'refused') failure ??= { kind: 'disk', message: state.reason, path: source.path };
    else if (!source.optional) failure ??= { kind: 'input-missing', input, path: source.path };
    return undefined;
  };
  const pieces = (sources: readonly Source[], input: string) => sources.flatMap((source) => piece(source, input) ?? []);

  const inputs: ResolvedInput[] = [];
  for (const input of task.inputs) {
    if (input.kind === 'one') {
      inputs.push({ name: input.name, shape: 'one', pieces: input.source ? pieces([input.source], input.name) : [] });
    } else if (input.kind === 'list') {
      inputs.push({ name: input.name, shape: 'list', pieces: pieces(input.sources, input.name) });
    } else {
      const chosen = await chosenSources(input, piece(input.choice, input.name), world);
      if (chosen.kind === 'failed') failure ??= chosen.failure;
      else inputs.push({ name: input.name, shape: 'list', pieces: pieces(chosen.sources, input.name) });
    }
  }
  const each = task.each ? pieces(task.each.sources, task.each.variable) : [];
  if (failure) return { kind: 'failed', failure };
  if (waiting.size > 0) return { kind: 'wait', on: [...waiting] };
  return { kind: 'resolved', inputs, each };
}

function producedPiece(source: Source & { kind: 'output' }, record: ActionRecord, world: World): Piece | undefined {
  const { graph, isKept } = world;
  const output = record.outputs[source.out];
  const producer = graph.tasks.get(source.task);
  const out = producer?.outs.find((candidate) => candidate.name === source.out);
  if (!output || !producer || !out) return undefined;
  return {
    path: `artifacts/${out.view}`,
    kind: output.kind,
    digest: output.digest,
    made: {
      task: source.task,
      stage: producer.stage.name,
      matrix: producer.matrix,
      out: source.out,
      key: record.key,
      ...(isKept(source.task) ? { kept: true } : {}),
      skips: record.skips ?? [],
    },
  };
}

type Chosen =
  | { readonly kind: 'chosen'; readonly sources: readonly Source[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The tasks that a JSON list of matrix values names; nothing while the list is not there yet. */
async function chosenSources(
  input: TaskInput & { kind: 'only' },
  choice: Piece | undefined,
  world: World,
): Promise<Chosen> {
  if (choice === undefined) return { kind: 'chosen', sources: [] };
  const stored = choice.made && (await world.readText(choice.digest));
  const text = stored ?? (await world.readSource(choice.path));
  if (text !== undefined && digestText(text) !== choice.digest) {
    return { kind: 'failed', failure: { kind: 'input-changed', paths: [choice.path] } };
  }
  const listed = parseChoice(text);
  if (listed === undefined) {
    const message = `${choice.path} is not a JSON list of matrix values, which 'only' of input '${input.name}' needs`;
    return { kind: 'failed', failure: { kind: 'threw', message } };
  }
  const sources: Source[] = [];
  for (const values of listed) {
    const task = input.candidates.find((name) => sameMatrix(world.graph.tasks.get(name)?.matrix, values));
    if (task === undefined) {
      const failure: Failure = { kind: 'choice-unknown', choice: JSON.stringify(values), stage: input.stage };
      return { kind: 'failed', failure };
    }
    sources.push({ kind: 'output', task, out: input.out, optional: false });
  }
  return { kind: 'chosen', sources };
}

function parseChoice(text: string | undefined): readonly Record<string, Json>[] | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isList = Array.isArray(value) && value.every((entry) => typeof entry === 'object' && entry !== null);
    return isList ? (value as Record<string, Json>[]) : undefined;
  } catch {
    return undefined;
  }
}

/** Values are compared as text too, since YAML's `2` and a CSV reader's `"2"` mean the same task. */
function sameMatrix(matrix: Matrix | undefined, values: Readonly<Record<string, Json>>): boolean {
  if (matrix === undefined) return false;
  const names = Object.keys(matrix);
  return (
    names.length === Object.keys(values).length && names.every((name) => String(matrix[name]) === String(values[name]))
  );
}
