/** Values of matrices that were others when a try was made. */
import type { Json, StageName, TaskName } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import type { Wanted } from '../spec/origin.ts';
import { type Closure, distinct, groupBy, type Places, show } from './restore-edits.ts';

/** What the values of one variable of a matrix have to be: these, or these at least. */
interface Demand {
  readonly wanted: Wanted;
  readonly now: readonly Json[];
  readonly least: readonly Json[];
  readonly exact?: readonly Json[];
}

/**
 * Where something reads all tasks of a stage, the stage has to have just those that were read then, unless another reader,
 * or another stage with the same values, had more of them: then it was not the matrix that was another one.
 */
export function matricesOf({ records }: Closure, graph: TaskGraph, { want, placeOf }: Places): void {
  const now = groupBy([...graph.tasks.values()], ({ stage }) => stage.name);
  const demands: Demand[] = [];
  for (const [stage, made] of groupBy(records, (record) => record.stage)) {
    const tasks = now.get(stage) ?? [];
    const read = records.flatMap((record) => readWhole(record, graph.tasks.get(record.task), { stage, tasks }));
    const lists = new Map(read.map((names) => [show(names), names]));
    const matrices = new Map([...tasks.map(({ name, matrix }) => [name, matrix] as const), ...made.map(matrixOf)]);
    for (const { name, values } of tasks[0]?.stage.matrix ?? []) {
      const valuesOf = (names: readonly TaskName[]) =>
        distinct(names.flatMap((task) => matrices.get(task)?.[name] ?? []));
      const [exact] = lists.size === 1 ? lists.values() : [];
      demands.push({
        wanted: { part: 'matrix', stage, names: [name] },
        now: values,
        least: valuesOf(made.map(({ task }) => task)),
        ...(exact ? { exact: valuesOf(exact) } : {}),
      });
    }
  }
  for (const group of groupBy(demands, ({ wanted }) => placeOf(wanted)).values()) {
    const exact = distinct(group.flatMap((demand) => (demand.exact ? [demand.exact] : [])));
    const [only] = exact;
    const isExact =
      only && exact.length === 1 && group.every(({ least }) => least.every((value) => only.includes(value)));
    for (const { wanted, now: before, least } of group) {
      const after = isExact ? only : distinct([...before, ...group.flatMap((demand) => demand.least), ...least]);
      if (show(before) !== show(after)) want({ ...wanted, before, after });
    }
  }
}

function matrixOf({ task, matrix }: ActionRecord) {
  return [task, matrix] as const;
}

/** The tasks of a stage that a result was made of, in order, where it reads all of them now. */
function readWhole(
  record: ActionRecord,
  task: TaskNode | undefined,
  { stage, tasks }: { readonly stage: StageName; readonly tasks: readonly TaskNode[] },
): TaskName[][] {
  return (task?.inputs ?? []).flatMap((input) => {
    if (input.kind !== 'list') return [];
    const read = new Set(input.sources.flatMap((source) => (source.kind === 'output' ? [source.task] : [])));
    if (!tasks.every(({ name }) => read.has(name))) return [];
    const made = record.inputs.filter((trace) => trace.input === input.name).flatMap((trace) => trace.made?.task ?? []);
    const own = made.filter((name) => `${name}@`.startsWith(`${stage}@`));
    return own.length > 0 ? [own] : [];
  });
}
