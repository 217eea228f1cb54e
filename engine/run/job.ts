import type { Job, JobInput } from '../model/job.ts';
import type { Machine, Store } from '../model/ports.ts';
import type { KeyMaterial } from '../model/record.ts';
import type { StageCode, StageDeclaration } from '../model/stage-code.ts';
import type { TaskNode } from '../model/task.ts';
import type { ResolvedInput, ResolvedInputs } from '../plan/inputs.ts';
import { listPiece, type Shelf } from '../plan/listing.ts';
import { checkpointName, seedOf } from '../plan/material.ts';
import { type CommandInputs, listCommandInputs, writeCommand } from './command.ts';

export interface Assignment {
  readonly task: TaskNode;
  readonly code: StageCode | undefined;
  readonly material: KeyMaterial;
  readonly resolved: ResolvedInputs;
}

export interface Workshop extends Shelf {
  /** The project's folder, absolute. */
  readonly root: string;
  readonly store: Store;
  readonly machine: Machine;
}

export function absolute(root: string, path: string): string {
  return path.startsWith('/') ? path : `${root}/${path}`;
}

/** The folder in which an output is written. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Where an attempt writes its outputs. */
function outputPaths(task: TaskNode, folder: string): Record<string, string> {
  return Object.fromEntries(task.outs.map((out) => [out.name, `${folder}/${out.path.replace(/\/+$/, '')}`]));
}

/** What the executor is told of one attempt; items are added by whoever knows them. */
export async function describeJob(assignment: Assignment, folder: string, workshop: Workshop): Promise<Job> {
  const { task, code, material, resolved } = assignment;
  const outputs = task.each ? {} : outputPaths(task, folder);
  const inputs: Record<string, JobInput> = {};
  for (const input of resolved.inputs) {
    inputs[input.name] = await describeInput(input, code?.inputs[input.name], workshop);
  }
  // Items have commands of their own, and list them then.
  const commandInputs = task.each ? {} : await listCommandInputs(task, resolved, workshop);
  const environment = Object.entries(material.env).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
  return {
    task: task.name,
    action:
      task.action.kind === 'use' && code
        ? { kind: 'module', bundle: code.bundle, params: material.with }
        : commandAction(task, commandInputs, outputs),
    matrix: task.matrix,
    inputs,
    outputs,
    seed: seedOf(material),
    threads: task.resources.cpu,
    workers: 1,
    environment: Object.fromEntries(environment),
    folder,
    checkpoint: hasCheckpoint(task) ? await workshop.store.checkpointFolder(checkpointName(task, material)) : '',
    logFile: await workshop.store.logFile(task.name),
    ...(task.stage.timeout === undefined ? {} : { timeout: task.stage.timeout }),
    ...(task.resources.memory === 0 ? {} : { memory: task.resources.memory }),
  };
}

/** A command is told of no checkpoint, and items are kept one by one. */
function hasCheckpoint(task: TaskNode): boolean {
  return task.action.kind === 'use' && !task.each;
}

function commandAction(
  task: TaskNode,
  inputs: CommandInputs,
  outputs: Readonly<Record<string, string>>,
): Job['action'] {
  // The items of an `each` carry their own commands, since each has its own paths.
  if (task.action.kind !== 'run' || task.each) return { kind: 'command' };
  return { kind: 'command', command: writeCommand(task, { inputs, outputs }) };
}

async function describeInput(
  input: ResolvedInput,
  declared: StageDeclaration | undefined,
  workshop: Workshop,
): Promise<JobInput> {
  const { root } = workshop;
  const [first] = input.pieces;
  if (input.shape === 'list' || declared?.kind === 'list' || first?.kind === 'glob') {
    const entries = [];
    for (const piece of input.pieces) {
      const made = piece.made && { stage: piece.made.stage, matrix: piece.made.matrix, out: piece.made.out };
      const paths = piece.kind === 'glob' ? (await listPiece(piece, workshop)).map((item) => item.path) : [piece.path];
      for (const path of paths) entries.push({ path: absolute(root, path), matrix: {}, ...made });
    }
    return { kind: 'list', entries };
  }
  if (first === undefined) return { kind: 'absent' };
  const path = absolute(root, first.path.replace(/\/+$/, ''));
  if (declared?.kind === 'items' || (declared === undefined && first.kind === 'items')) {
    const items = await listPiece(first, workshop);
    return {
      kind: 'items',
      folder: path,
      items: items.map((item) => ({ id: item.id, path: absolute(root, item.path) })),
      skipped: declared?.skips ? (first.made?.skips ?? []) : [],
    };
  }
  return { kind: 'path', path };
}
