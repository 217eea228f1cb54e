import { canonicalText } from '../hash/canonical.ts';
import { digestOf, digestText } from '../hash/digest.ts';
import { itemKeys as keysOfItems } from '../hash/key.ts';
import type { ActionKey, Digest, Json, JsonObject } from '../model/names.ts';
import type { Machine } from '../model/ports.ts';
import type { InputTrace, KeyMaterial } from '../model/record.ts';
import type { StageCode } from '../model/stage-code.ts';
import type { TaskNode } from '../model/task.ts';
import type { Piece, ResolvedInputs } from './inputs.ts';
import type { Known } from './queries.ts';

/** Raised when the form of key material changes; every key changes with it. */
const materialVersion = 1;

/** What is known of a task beside its inputs, once a run. */
export interface TaskFacts extends Known {
  /** Digests of files that parameters and `code:` name, by parameter or path. */
  readonly files: JsonObject;
  readonly platform: JsonObject;
  /** Values of declared environment variables; null where one is not set. */
  readonly env: JsonObject;
}

export function platformOf(
  task: TaskNode,
  code: StageCode | undefined,
  facts: JsonObject,
  machine: Machine,
): JsonObject {
  const common: JsonObject = { architecture: machine.architecture, threads: task.resources.cpu };
  // A command brings its own world, so a new Node is no reason to run it again.
  return code === undefined ? common : { ...common, node: machine.nodeMajor, ...facts };
}

/** The key's material: everything that can change a result, each fact a leaf. */
export function keyMaterial(task: TaskNode, facts: TaskFacts, resolved: ResolvedInputs): KeyMaterial {
  const isCommand = task.action.kind === 'run';
  const inputs: Record<string, Json> = {};
  for (const input of resolved.inputs) {
    const view = {
      isCommand,
      isListed: input.shape === 'list',
      withSkips: facts.code?.inputs[input.name]?.skips === true,
    };
    const described = input.pieces.map((piece) => describePiece(piece, view));
    inputs[input.name] = input.shape === 'list' ? described : (described[0] ?? null);
  }
  if (task.each) {
    const sources = resolved.each.map((piece) => describeItems(piece, task.each?.list === true));
    inputs[task.each.variable] = { items: sources };
  }
  return {
    contract: materialVersion,
    code: task.action.kind === 'run' ? { command: task.action.command, files: facts.files } : codeOf(facts),
    with: facts.params,
    matrix: task.matrix,
    in: inputs,
    out: Object.fromEntries(task.outs.map((out) => [out.name, out.optional ? `${out.path}?` : out.path])),
    env: facts.env,
    platform: facts.platform,
    ...(task.action.kind === 'run' && task.action.written ? { written: task.action.written } : {}),
  };
}

function codeOf(facts: TaskFacts): JsonObject {
  return { module: facts.code?.digest ?? null, packages: facts.code?.packages ?? {}, files: facts.files };
}

/** A module sees a file's name (its ending may matter); a command sees the whole path. */
function describePiece(piece: Piece, view: { isCommand: boolean; isListed: boolean; withSkips: boolean }): Json {
  const described: Record<string, Json> = { digest: piece.digest };
  if (view.withSkips) described.skips = (piece.made?.skips ?? []).map(({ id, reason }) => [id, reason]);
  if (view.isCommand) described.path = piece.path;
  else if (piece.kind === 'file') described.name = baseName(piece.path);
  if (view.isListed && piece.made) {
    described.stage = piece.made.stage;
    described.matrix = piece.made.matrix;
    described.out = piece.made.out;
  }
  return described;
}

/** Only where several folders are listed does a folder's name enter the items' ids. */
function describeItems(piece: Piece, listed: boolean): Json {
  return listed || piece.kind === 'file' ? { digest: piece.digest, name: folderName(piece) } : { digest: piece.digest };
}

/** What stands before the ids of a listed folder's items: item stages' folders are often called alike, so the stage serves. */
export function folderName(piece: Piece): string {
  return piece.kind === 'items' && piece.made ? piece.made.stage : baseName(piece.path);
}

export function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').pop() ?? path;
}

/** Keys of a task's items: the material without the items, then one item's identity and contents. */
export function itemKeys(task: TaskNode, material: KeyMaterial): (id: string, digest: Digest) => ActionKey {
  const keyOfItem = keysOfItems(sharedByItems(material, task.each?.variable ?? '') as unknown as Json);
  return (id, digest) => keyOfItem([id, digest]);
}

export function sharedByItems(material: KeyMaterial, variable: string): KeyMaterial {
  const { written: _, ...keyed } = material;
  const { [variable]: _items, ...inputs } = material.in;
  return { ...keyed, in: inputs };
}

/**
 * Names the checkpoint folder: the key's material without the parameters that the stage calls resumable,
 * so that a training of more epochs goes on from what fewer epochs left.
 */
export function checkpointName(task: TaskNode, material: KeyMaterial): Digest {
  let params: JsonObject = material.with;
  for (const path of task.stage.resumable) params = without(params, path.split('.'));
  return digestOf({ ...material, with: params } as unknown as Json);
}

function without(object: JsonObject, [first, ...rest]: readonly string[]): JsonObject {
  if (first === undefined || !(first in object)) return object;
  const { [first]: inner, ...others } = object;
  if (rest.length === 0) return others;
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    ? { ...others, [first]: without(inner as JsonObject, rest) }
    : object;
}

/** Seeds a task's random numbers: parameters and matrix values alone, so that a refactoring changes no draw. */
export function seedOf(material: KeyMaterial): string {
  return itemSeeds(material)(null);
}

/** The same for each item by its id; what all share is encoded once. */
export function itemSeeds(material: KeyMaterial): (item: string | null) => string {
  // As `digestOf({ item, matrix, with })` writes it.
  const shared = canonicalText({ matrix: material.matrix, with: material.with }).slice(1);
  return (item) => digestText(`{"item":${canonicalText(item)},${shared}`);
}

/** What lineage follows. */
export function inputTraces(task: TaskNode, resolved: ResolvedInputs): InputTrace[] {
  const named = resolved.inputs.map((input) => ({ name: input.name, pieces: input.pieces }));
  if (task.each) named.unshift({ name: task.each.variable, pieces: resolved.each });
  return named.flatMap(({ name, pieces }) =>
    pieces.map((piece) => ({
      input: name,
      path: piece.path,
      digest: piece.digest,
      ...(piece.made ? { made: traceMade(piece.made) } : {}),
    })),
  );
}

function traceMade({ task, out, key, kept }: NonNullable<Piece['made']>): InputTrace['made'] {
  return { task, out, key, ...(kept ? { kept } : {}) };
}
