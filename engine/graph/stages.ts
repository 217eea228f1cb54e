/** The stages with their tasks: what references are resolved against. */
import { type Matrix, type TaskName, taskName } from '../model/names.ts';
import type { StageSpec } from '../model/spec.ts';
import type { TaskGraph } from '../model/task.ts';

export interface StageTasks {
  readonly stage: StageSpec;
  /** The stage's own, for parseReference. */
  readonly matrix: StageSpec['matrix'];
  readonly tasks: readonly { readonly name: TaskName; readonly matrix: Matrix }[];
  readonly names: ReadonlySet<TaskName>;
}

export type StageTable = ReadonlyMap<string, StageTasks>;

export const mostTasks = 1_000_000;

/** How many tasks a stage stands for. */
export function countTasks(stage: StageSpec): number {
  return stage.matrix.reduce((count, variable) => count * variable.values.length, 1);
}

/** A task for every combination, the last variable fastest. */
export function expandStage(stage: StageSpec): StageTasks {
  let combinations: Matrix[] = [{}];
  for (const { name, values } of countTasks(stage) > mostTasks ? [] : stage.matrix) {
    combinations = combinations.flatMap((matrix) => values.map((value) => ({ ...matrix, [name]: value })));
  }
  return stageTasks(
    stage,
    combinations.map((matrix) => ({ name: taskName(stage.name, matrix), matrix })),
  );
}

/** Read back from a graph, for references of the command line. */
export function stagesOf(graph: TaskGraph): StageTable {
  const tasks = new Map<StageSpec, { name: TaskName; matrix: Matrix }[]>();
  for (const { name, matrix, stage } of graph.tasks.values()) {
    const list = tasks.get(stage);
    if (list) list.push({ name, matrix });
    else tasks.set(stage, [{ name, matrix }]);
  }
  return new Map([...tasks].map(([stage, list]) => [stage.name, stageTasks(stage, list)]));
}

function stageTasks(stage: StageSpec, tasks: StageTasks['tasks']): StageTasks {
  return { stage, matrix: stage.matrix, tasks, names: new Set(tasks.map(({ name }) => name)) };
}
