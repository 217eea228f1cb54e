import type { PathState } from '../model/artifact.ts';
import type { Digest, RunId, StageName, TaskName } from '../model/names.ts';
import type { ViewEntry } from '../model/ports.ts';
import type { PipelineSpec } from '../model/spec.ts';
import type { TaskGraph } from '../model/task.ts';
import { queryName, taskQueries } from '../plan/queries.ts';
import { describeState, viewQuery } from '../plan/survey.ts';
import {
  basisOf,
  type Compared,
  describeStandstill,
  type Present,
  type QuietRun,
  type Standstill,
} from './standstill.ts';

/**
 * What a quiet run rested on, stage by stage. Where some of it has changed, a stage stands of which nothing did and that
 * needs none of which anything did: neither it nor its tasks nor their keys have to be made again. Kept beside the
 * standstill, in a file of its own, which a run with nothing to do need not read.
 */
export interface Grounds {
  /** Of the standstill that it belongs to. */
  readonly basis: Digest;
  /** Of what all stages rest on: code, variables and the machine. */
  readonly head: Digest;
  /** Of the standstill's queries, in their order. */
  readonly states: readonly string[];
  /** In the order of the file. */
  readonly stages: readonly StageGrounds[];
}

interface StageGrounds {
  /** Places among the queries. */
  readonly queries: readonly number[];
  /** Places of the stages that it needs or may need. */
  readonly needs: readonly number[];
  /** Whether it reads from a file which tasks it needs. */
  readonly chooses: boolean;
  readonly tasks: readonly ShownTask[];
}

/** A task that was found in place, with the run that made what is shown, which makes a task once at most. */
type ShownTask = readonly [TaskName, RunId];

/** A standstill with what it rested on. */
export interface Remembered {
  readonly standstill: Standstill;
  readonly grounds: Grounds;
}

/** What of a pipeline has to be decided on, while the rest stands. */
export interface Part {
  /** Places of its stages in the file. */
  readonly stages: readonly number[];
  /** Places of what they look at among the standstill's queries. */
  readonly queries: ReadonlySet<number>;
  readonly targets: readonly TaskName[];
  readonly before: Remembered;
  /** What now lies where the whole pipeline looks. */
  readonly states: readonly PathState[];
}

type View = ReadonlyMap<TaskName, ViewEntry>;

interface Quiet {
  readonly run: QuietRun;
  readonly graph: TaskGraph;
  readonly spec: PipelineSpec;
  readonly view: View;
  /** Where the run decided on a part alone. */
  readonly part?: Part | undefined;
}

/** Of a run that found nothing to do; undefined where a library has to be made ready before anything can be said. */
export async function describeQuiet(quiet: Quiet, present: Present): Promise<Remembered | undefined> {
  if (quiet.part) return renew(quiet.part, quiet, present);
  const found = await describeStandstill(quiet.run, present);
  return found && { standstill: found.standstill, grounds: describeGrounds(quiet, found) };
}

function describeGrounds(
  { run, graph, spec, view }: Quiet,
  { standstill, head }: { readonly standstill: Standstill; readonly head: Digest },
): Grounds {
  const { basis } = standstill;
  const { survey, nodes, reused } = run;
  const places = new Map(spec.stages.map(({ name }, place) => [name, place]));
  const rows = new Map(survey.queries.map((query, row) => [queryName(query), row]));
  const stages = spec.stages.map(() => ({
    queries: new Set<number>(),
    needs: new Set<number>(),
    chooses: false,
    tasks: [] as ShownTask[],
    // Tasks of a matrix share the arrays of what they need; each is gone through once.
    walked: new Set<readonly TaskName[]>(),
  }));
  const placeOf = (task: TaskName) => places.get(graph.tasks.get(task)?.stage.name as StageName) as number;
  const stageOf = (task: TaskName) => stages[placeOf(task)] as (typeof stages)[number];

  // Of a stage all tasks, since it is read as a whole.
  for (const task of graph.tasks.keys()) {
    const stage = stageOf(task);
    const mayNeed = graph.mayNeed.get(task) ?? [];
    stage.chooses ||= mayNeed.length > 0;
    for (const needed of [graph.needs.get(task) ?? [], mayNeed]) {
      if (!stage.walked.has(needed)) for (const other of needed) stage.needs.add(placeOf(other));
      stage.walked.add(needed);
    }
  }
  for (const node of nodes) {
    const { queries } = stageOf(node.name);
    for (const query of [
      ...taskQueries(node, survey.facts.get(node.name)),
      ...node.outs.map((out) => viewQuery(out.view)),
    ]) {
      const row = rows.get(queryName(query));
      if (row !== undefined) queries.add(row);
    }
  }
  for (const [task] of reused) stageOf(task).tasks.push(describeShown(task, view));
  return {
    basis,
    head,
    states: survey.queries.map((query) => describeState(survey.state(query))),
    stages: stages.map(({ queries, needs, chooses, tasks }) => ({
      queries: [...queries],
      needs: [...needs],
      chooses,
      tasks,
    })),
  };
}

/**
 * The stages of which something changed with all below them, and what these need. Undefined where that is everything or
 * not to be told: what all rest on changed, or a file chooses among tasks.
 */
export function findPart(before: Remembered, compared: Compared, view: View): Part | undefined {
  const { standstill, grounds } = before;
  const { basis, head, states, stages } = grounds;
  if (basis !== standstill.basis || head !== compared.head) return undefined;
  const changed = states.map((state, row) => state !== describeState(compared.states[row] ?? { kind: 'missing' }));
  const isShown = ([task, run]: ShownTask) => {
    const shown = view.get(task);
    return shown !== undefined && !shown.kept && shown.record.run === run;
  };
  const below: number[][] = stages.map(() => []);
  for (const [place, { needs }] of stages.entries()) for (const need of needs) below[need]?.push(place);
  const stirred = [...stages.keys()].filter((place) => {
    const stage = stages[place];
    return stage?.queries.some((row) => changed[row]) || !stage?.tasks.every(isShown);
  });
  const decided = reach(stirred, below);
  const read = reach(
    decided,
    stages.map(({ needs }) => needs),
  );
  const targets = [...decided].flatMap((place) => stages[place]?.tasks.map(([task]) => task) ?? []);
  if (targets.length === 0 || read.size === stages.length) return undefined;
  if ([...read].some((place) => stages[place]?.chooses)) return undefined;
  const inOrder = [...read].sort((a, b) => a - b);
  const queries = new Set(inOrder.flatMap((place) => stages[place]?.queries ?? []));
  return { stages: inOrder, queries, targets, before, states: compared.states };
}

function reach(starts: Iterable<number>, edges: readonly (readonly number[])[]): ReadonlySet<number> {
  const reached = new Set(starts);
  // A set is gone through in the order in which it grows.
  for (const place of reached) for (const next of edges[place] ?? []) reached.add(next);
  return reached;
}

/** What was remembered, as it is after a run in which nothing of the part was to be done. */
function renew({ before, states }: Part, { run, view }: Quiet, present: Present): Remembered {
  const { head } = before.grounds;
  const basis = basisOf(head, states, present);
  const seconds = new Map(run.reused);
  const tasks = before.standstill.tasks.map(([task]) => [task, seconds.get(task) ?? 0] as const);
  const stages = before.grounds.stages.map((stage) => ({
    ...stage,
    tasks: stage.tasks.map(([task]) => describeShown(task, view)),
  }));
  return {
    standstill: { ...before.standstill, tasks, basis },
    grounds: { basis, head, states: states.map(describeState), stages },
  };
}

function describeShown(task: TaskName, view: View): ShownTask {
  const shown = view.get(task);
  if (shown === undefined) throw new Error(`${task} was found in place, and artifacts/ does not show it`);
  return [task, shown.record.run];
}
