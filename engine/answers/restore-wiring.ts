/** Inputs that came from somewhere else when a try was made: another choice of models, another folder. */
import type { Json, TaskName } from '../model/names.ts';
import type { InputTrace } from '../model/record.ts';
import type { Source, TaskGraph, TaskNode } from '../model/task.ts';
import { type Closure, groupBy, type Wish } from './restore-edits.ts';

export function wiringOf({ records, materials }: Closure, graph: TaskGraph, want: (wish: Wish) => void): void {
  const write = createReferences(graph);
  for (const record of records) {
    const task = graph.tasks.get(record.task);
    if (task === undefined) continue;
    for (const { part, name, sources, isList } of readersOf(task)) {
      const traces = record.inputs.filter(({ input }) => input === name);
      const now = sources.filter((source) => !mayBeMissing(source, traces, graph)).map(placeOf);
      const then = traces.map((trace) => (trace.made ? `${trace.made.task}\0${trace.made.out}` : trace.path));
      if (now.join('\n') === then.join('\n')) continue;
      const wish = { part, stage: record.stage, names: [name] };
      // Of one element, too, a list is another thing than that element.
      const wasList = part === 'in' ? Array.isArray(materials.get(record.key)?.in[name]) : isList;
      want({ ...wish, before: write(now, isList), after: write(then, wasList) });
    }
  }
}

interface Reader {
  readonly part: 'in' | 'each';
  readonly name: string;
  readonly sources: readonly Source[];
  readonly isList: boolean;
}

/** What an `only` reads follows from its choice. */
function readersOf({ inputs, each }: TaskNode): Reader[] {
  const named = inputs.flatMap((input): Reader[] => {
    if (input.kind === 'only') return [];
    const sources = input.kind === 'list' ? input.sources : input.source ? [input.source] : [];
    return [{ part: 'in', name: input.name, sources, isList: input.kind === 'list' }];
  });
  if (each === undefined) return named;
  return [...named, { part: 'each', name: each.variable, sources: each.sources, isList: each.list }];
}

/** What may be absent and was leaves no trace, though the pipeline names it then as now. */
function mayBeMissing(source: Source, traces: readonly InputTrace[], graph: TaskGraph): boolean {
  if (!source.optional || traces.length > 0) return false;
  if (source.kind === 'path') return true;
  return graph.tasks.get(source.task)?.outs.find(({ name }) => name === source.out)?.optional === true;
}

function placeOf(source: Source): string {
  return source.kind === 'path' ? source.path : `${source.task}\0${source.out}`;
}

/** As a person would write them: all tasks of a stage by its name alone. */
function createReferences(graph: TaskGraph): (places: readonly string[], isList: boolean) => Json {
  const stages = groupBy([...graph.tasks.values()], ({ stage }) => stage.name);
  return (places, isList) => {
    const texts: string[] = [];
    let isManyAlready = false;
    for (let index = 0; index < places.length; ) {
      const [task = '', out] = (places[index] as string).split('\0');
      const producer = out === undefined ? undefined : graph.tasks.get(task as TaskName);
      const stage = producer?.stage.name;
      const all = (stage === undefined ? [] : (stages.get(stage) ?? [])).map(({ name }) => `${name}\0${out}`);
      const isWhole =
        producer?.stage.matrix.length !== 0 &&
        all.length > 0 &&
        all.every((place, offset) => places[index + offset] === place);
      isManyAlready = isWhole;
      const subject = isWhole ? stage : out === undefined ? places[index] : task;
      const isOnly = out === undefined || (out === 'out' && producer?.outs.length === 1);
      texts.push(`${subject}${isOnly ? '' : `.${out}`}`);
      index += isWhole ? all.length : 1;
    }
    const [first = null] = texts;
    return texts.length > 1 || (isList && !isManyAlready) ? texts : first;
  };
}
