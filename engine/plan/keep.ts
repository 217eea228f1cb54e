import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure } from '../model/event.ts';
import type { TaskName } from '../model/names.ts';
import type { ActionRecord } from '../model/record.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';

/** What a task that a person keeps goes on with, or why there is nothing to go on with. */
export type KeptResult = { readonly record: ActionRecord } | { readonly fault: Diagnostic };

export type KeptResults = ReadonlyMap<TaskName, KeptResult>;

/** The graph in which kept tasks need nothing, so that what stands only above them is not wanted. */
export function withoutNeeds(graph: TaskGraph, kept: ReadonlySet<TaskName>): TaskGraph {
  const cut = (edges: TaskGraph['needs']) =>
    new Map([...edges].map(([task, needs]) => [task, kept.has(task) ? [] : needs] as const));
  return { ...graph, needs: cut(graph.needs), mayNeed: cut(graph.mayNeed) };
}

/** The last result has to hold the outputs that the pipeline names now, lest a missing one be taken for an absent one. */
export function keepLast(task: TaskNode, last: ActionRecord | undefined): KeptResult {
  if (last === undefined) {
    return refuse(`${task.name} has never been made, so that there is nothing to keep`, task);
  }
  for (const out of task.outs) {
    const output = last.outputs[out.name];
    if (output === undefined || (output === null && !out.optional)) {
      return refuse(`the last result of ${task.name} has no output '${out.name}', so that it cannot be kept`, task);
    }
    if (output !== null && output.kind !== out.kind) {
      const words = `is ${nounOf(output.kind)}, where the pipeline names ${nounOf(out.kind)}`;
      return refuse(
        `output '${out.name}' of the last result of ${task.name} ${words}, so that it cannot be kept`,
        task,
      );
    }
  }
  return { record: last };
}

export function refuseKept({ fault }: { readonly fault: Diagnostic }): Failure {
  return { kind: 'diagnostics', diagnostics: [fault] };
}

function nounOf(kind: 'file' | 'folder' | 'items'): string {
  return kind === 'items' ? 'a folder of items' : `a ${kind}`;
}

function refuse(message: string, task: TaskNode): KeptResult {
  const hint = `flow run ${task.name} makes it; or leave it out of --keep`;
  return { fault: { code: 'nothing-to-keep', severity: 'error', message, hint } };
}
