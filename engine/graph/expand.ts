/** PipelineSpec to tasks: matrices multiplied out, references resolved, everything but contents filled in. */
import { fillCommand } from '../model/command.ts';
import type { Diagnostic, Position } from '../model/diagnostic.ts';
import { type JsonObject, type Matrix, type TaskName, taskFolder } from '../model/names.ts';
import type { Action, PipelineSpec, StageSpec } from '../model/spec.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { fillTemplate } from '../model/template.ts';
import type { Fault } from './fault.ts';
import { type Edge, isWiredAlike, type Wiring, wireTask } from './inputs.ts';
import { orderTasks } from './order.ts';
import { expandOuts, findCollisions } from './outs.ts';
import { createResolver } from './references.ts';
import { countTasks, expandStage, mostTasks, type StageTable } from './stages.ts';
import { resolveTarget } from './targets.ts';

export function expandPipeline(spec: PipelineSpec): TaskGraph {
  const stages: StageTable = new Map(spec.stages.map((stage) => [stage.name, expandStage(stage)]));
  const faults = collectFaults(spec.file);
  const resolve = createResolver(stages);
  const nodes = new Map<TaskName, TaskNode>();
  const needs = new Map<TaskName, readonly TaskName[]>();
  const mayNeed = new Map<TaskName, readonly TaskName[]>();
  const neededStages = new Map<string, Map<string, Position>>();

  for (const { stage, tasks } of stages.values()) {
    sayTooMany(stage, faults.say);
    const needed = new Map<string, Position>();
    neededStages.set(stage.name, needed);
    const alike = isWiredAlike(stage);
    const join = createJoin();
    const joinMaybe = createJoin();
    let wiring: Wiring | undefined;
    for (const { name, matrix } of tasks) {
      if (!wiring || !alike) {
        wiring = wireTask(stage, matrix, { resolve, say: faults.say });
        noteStages(wiring, needed);
      }
      const surely = join(wiring.needs);
      needs.set(name, surely);
      mayNeed.set(name, exclude(joinMaybe(wiring.mayNeed), surely));
      nodes.set(name, expandTask(stage, { name, matrix, wiring }));
      for (const collision of findCollisions(stage, nodes.get(name)?.outs ?? [])) faults.add(collision);
    }
  }

  const { order, cycles } = orderTasks({
    stages: new Map([...stages].map(([name, { tasks }]) => [name, tasks.map((task) => task.name)])),
    neededStages: new Map([...neededStages].map(([name, others]) => [name, new Set(others.keys())])),
    neededTasks: (task) => [...(needs.get(task) ?? []), ...(mayNeed.get(task) ?? [])],
  });
  for (const cycle of cycles) sayCycle(cycle, neededStages, faults.say);
  for (const { text, at } of spec.default) {
    const found = resolveTarget(text, stages);
    if (!found.ok) faults.say('error', at, found.fault);
  }
  const tasks = new Map(order.map((name) => [name, nodes.get(name) as TaskNode]));
  return { tasks, needs, mayNeed, diagnostics: faults.all() };
}

/** The other stages that a task needs or may need, with the first place where it says so. */
function noteStages({ needs, mayNeed }: Wiring, needed: Map<string, Position>): void {
  for (const edges of [needs, mayNeed]) {
    for (const { tasks, at } of edges) {
      const [first] = tasks;
      if (first === undefined) continue;
      const other = stageOf(first);
      if (!needed.has(other)) needed.set(other, at);
    }
  }
}

interface TaskParts {
  readonly name: TaskName;
  readonly matrix: Matrix;
  readonly wiring: Wiring;
}

function expandTask(stage: StageSpec, { name, matrix, wiring }: TaskParts): TaskNode {
  const folder = taskFolder(stage.name, matrix);
  return {
    name,
    stage,
    matrix,
    action: stage.matrix.length === 0 ? stage.action : fillAction(stage.action, matrix),
    with: fillTemplate(stage.with, matrix) as JsonObject,
    ...(wiring.each && { each: wiring.each }),
    inputs: wiring.inputs,
    outs: expandOuts(stage, matrix, folder),
    resources: stage.resources,
    folder,
  };
}

function fillAction(action: Action, matrix: Matrix): Action {
  if (action.kind === 'use') return action;
  return { ...action, command: fillCommand(action.command, matrix, { partial: true }) };
}

/** Stages have no @ in their names. */
function stageOf(task: TaskName): string {
  const at = task.indexOf('@');
  return at < 0 ? task : task.slice(0, at);
}

/** Joins arrays of tasks, each task once; equal arrays of neighbours give the very same array. */
function createJoin(): (edges: readonly Edge[]) => readonly TaskName[] {
  let before: readonly (readonly TaskName[])[] = [];
  let joined: readonly TaskName[] = [];
  return (edges) => {
    const arrays = edges.map(({ tasks }) => tasks);
    if (arrays.length === before.length && arrays.every((tasks, index) => tasks === before[index])) return joined;
    before = arrays;
    joined = arrays.length === 1 && arrays[0] ? arrays[0] : [...new Set(arrays.flat())];
    return joined;
  };
}

function exclude(tasks: readonly TaskName[], others: readonly TaskName[]): readonly TaskName[] {
  if (tasks.length === 0) return tasks;
  const excluded = new Set(others);
  return tasks.some((task) => excluded.has(task)) ? tasks.filter((task) => !excluded.has(task)) : tasks;
}

type Say = (severity: Diagnostic['severity'], at: Position, fault: Fault) => void;

/** The tasks of a matrix repeat the faults of their stage: each is kept once. */
function collectFaults(file: string) {
  const kept = new Map<string, Diagnostic>();
  const add = (diagnostic: Omit<Diagnostic, 'file'>) => {
    const { at, code, message } = diagnostic;
    kept.set(`${at?.line}:${at?.column} ${code} ${message}`, { ...diagnostic, file });
  };
  const say: Say = (severity, at, { code, message, hint }) =>
    add({ code, severity, message, at, ...(hint !== undefined && { hint }) });
  const place = ({ at }: Diagnostic) => (at?.line ?? 0) * 1e6 + (at?.column ?? 0);
  return { add, say, all: () => [...kept.values()].sort((one, other) => place(one) - place(other)) };
}

function sayTooMany(stage: StageSpec, say: Say): void {
  const count = countTasks(stage);
  if (count <= mostTasks) return;
  const message = `the matrix of '${stage.name}' has ${count} combinations; at most ${mostTasks} are possible`;
  say('error', stage.at, { code: 'bad-matrix', message, hint: 'make it an each: stage, whose items are cheap' });
}

function sayCycle(
  cycle: readonly TaskName[],
  needed: ReadonlyMap<string, ReadonlyMap<string, Position>>,
  say: Say,
): void {
  const steps = cycle.slice(0, -1).map((task, index) => {
    const at = needed.get(stageOf(task))?.get(stageOf(cycle[index + 1] ?? task));
    return { text: `${task} (line ${at?.line})`, at };
  });
  const message = `tasks that need each other: ${steps.map(({ text }) => text).join(' -> ')} -> ${cycle[0]}`;
  const at = steps[0]?.at ?? { line: 1, column: 1, length: 1 };
  say('error', at, { code: 'cycle', message, hint: 'take one of these inputs away' });
}
