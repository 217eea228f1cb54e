import type { StructureAnswer } from '../model/inspection.ts';
import type { Source, TaskEach, TaskInput } from '../model/task.ts';
import type { Session } from './session.ts';

/** The pipeline's tasks as a graph; nothing on disk is looked at. */
export function structure({ graph, spec }: Session): StructureAnswer {
  const tasks = [...graph.tasks.values()].map(({ name, stage, matrix, each, inputs, outs, action, resources }) => ({
    task: name,
    stage: stage.name,
    matrix,
    action: action.kind === 'use' ? action.module : 'run',
    isEach: each !== undefined,
    sources: sourcesOf(inputs, each),
    needs: graph.needs.get(name) ?? [],
    mayNeed: graph.mayNeed.get(name) ?? [],
    cpu: resources.cpu,
    outs: outs.map((out) => ({
      name: out.name,
      kind: out.kind,
      view: out.view,
      ...(stage.rows[out.name] === undefined ? {} : { rows: stage.rows[out.name] }),
      metrics: stage.metrics[out.name] ?? [],
    })),
  }));
  return { pipeline: spec.file, default: spec.default.map(({ text }) => text), tasks };
}

function sourcesOf(inputs: readonly TaskInput[], each: TaskEach | undefined): string[] {
  const sources = [...inputs.flatMap(readFrom), ...(each?.sources ?? [])];
  return [...new Set(sources.flatMap((source) => (source?.kind === 'path' ? [source.path] : [])))];
}

function readFrom(input: TaskInput): readonly (Source | null)[] {
  if (input.kind === 'one') return [input.source];
  return input.kind === 'list' ? input.sources : [input.choice];
}
