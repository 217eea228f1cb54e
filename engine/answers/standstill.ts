import { digestText } from '../hash/digest.ts';
import type { PathState } from '../model/artifact.ts';
import type { RunEvent } from '../model/event.ts';
import type { Digest, Json, RunId, TaskName } from '../model/names.ts';
import type { PlanAnswer, PlannedTask } from '../model/planning.ts';
import type { Files, Machine, PathQuery, ViewEntry } from '../model/ports.ts';
import type { Code, StageCode } from '../model/stage-code.ts';
import type { TaskNode } from '../model/task.ts';
import { queryName } from '../plan/queries.ts';
import { describeState, type Survey } from '../plan/survey.ts';

/**
 * A run that found nothing to do, with everything that this rested on. Decisions are a function of the pipeline's text,
 * its settings, the stages' code, variables, and what lies on disk; where all of these are as they were, so are the
 * decisions, and neither tasks nor keys have to be made again. Kept under the digest of text and settings.
 */
export interface Standstill {
  readonly targets: readonly string[];
  readonly queries: readonly PathQuery[];
  /** Modules, each with the thread counts that its facts were asked for. */
  readonly modules: readonly (readonly [module: string, threads: readonly number[]])[];
  /** Names of declared environment variables. */
  readonly variables: readonly string[];
  /** Seconds that each task's record cost, in the order in which they were found. */
  readonly tasks: readonly (readonly [TaskName, number])[];
  readonly basis: Digest;
}

/** What a standstill is compared with. */
export interface Present {
  readonly files: Pick<Files, 'look'>;
  readonly code: Pick<Code, 'load' | 'facts' | 'factsKnown'>;
  readonly machine: Pick<Machine, 'architecture' | 'nodeMajor' | 'environment' | 'now'>;
  /** Stat of the book of what artifacts/ shows. */
  readonly viewStamp: string;
}

export interface QuietRun {
  readonly targets: readonly string[];
  readonly survey: Survey;
  readonly nodes: readonly TaskNode[];
  readonly reused: Standstill['tasks'];
}

/** Undefined where a library has to be made ready before anything can be said. */
export async function describeStandstill(
  run: QuietRun,
  present: Present,
): Promise<{ readonly standstill: Standstill; readonly head: Digest } | undefined> {
  const { survey, nodes } = run;
  const threads = new Map<string, Set<number>>();
  for (const { action, resources } of nodes) {
    if (action.kind !== 'use') continue;
    threads.set(action.module, (threads.get(action.module) ?? new Set()).add(resources.cpu));
  }
  const described = {
    targets: run.targets,
    queries: survey.queries,
    modules: [...threads].map(([module, counts]) => [module, [...counts]] as const),
    variables: [...new Set(nodes.flatMap(({ stage }) => stage.env))],
    tasks: run.reused,
  };
  // As the survey saw it, since anything may have changed after it.
  const head = await headOf(described, survey.codes, present);
  if (head === undefined) return undefined;
  return { standstill: { ...described, basis: basisOf(head, survey.queries.map(survey.state), present) }, head };
}

/** A standstill beside what is there now. */
export interface Compared {
  /** Whether a run would find nothing to do again. */
  readonly stands: boolean;
  /** Of what all stages rest on; undefined where nothing can be said of it. */
  readonly head: Digest | undefined;
  /** Of the standstill's queries. */
  readonly states: readonly PathState[];
}

/** `stirred` is told as early as can be that a run would probably find something to do, with the modules that it may run. */
export async function compareStandstill(
  standstill: Standstill,
  present: Present,
  stirred: (codes: ReadonlyMap<string, StageCode>) => void = () => {},
): Promise<Compared> {
  const names = standstill.modules.map(([module]) => module);
  const codes = new Map<string, StageCode>();
  if (names.length > 0) {
    for (const [name, loaded] of await present.code.load(names)) if (loaded.ok) codes.set(name, loaded.code);
  }
  const states = await present.files.look(standstill.queries, () => stirred(codes));
  const head = await headOf(standstill, codes, present);
  const stands = head !== undefined && basisOf(head, states, present) === standstill.basis;
  return { stands, head, states };
}

/** A hundred thousand files are not looked at twice to begin one run. */
export function enterSeen(
  seen: Map<string, PathState>,
  { queries }: Standstill,
  { states }: Compared,
  rows: Iterable<number> = queries.keys(),
): void {
  for (const row of rows) {
    const [query, state] = [queries[row], states[row]];
    if (query !== undefined && state !== undefined) seen.set(queryName(query), state);
  }
}

/** Undefined where a module cannot be read, or a library has to be made ready. */
async function headOf(
  { modules, variables }: Pick<Standstill, 'modules' | 'variables'>,
  codes: ReadonlyMap<string, StageCode>,
  { code, machine }: Present,
): Promise<Digest | undefined> {
  const described: Json[] = [];
  for (const [module, counts] of modules) {
    const found = codes.get(module);
    if (found === undefined) return undefined;
    described.push([found.digest, found.packages]);
    for (const threads of counts) {
      if (!code.factsKnown(found, threads)) return undefined;
      described.push(await code.facts(found, threads));
    }
  }
  const environment = variables.map((name) => machine.environment(name) ?? null);
  return digestText(JSON.stringify([machine.architecture, machine.nodeMajor, environment, described]));
}

export function basisOf(head: Digest, states: readonly PathState[], { viewStamp }: Pick<Present, 'viewStamp'>): Digest {
  return digestText(`${head} ${viewStamp}\n${states.map(describeState).join('\n')}`);
}

/** The events of a run that finds it all again. */
export function* repeatStandstill({ tasks }: Standstill, run: RunId, machine: Pick<Machine, 'now'>) {
  const at = machine.now();
  yield { kind: 'run-started', run, tasks: tasks.length, at } satisfies RunEvent;
  let savedSeconds = 0;
  for (const [task, seconds] of tasks) {
    savedSeconds += seconds;
    yield { kind: 'reused', task, restored: false, savedSeconds: seconds } satisfies RunEvent;
  }
  const counts = { ran: 0, reused: tasks.length, restored: 0, kept: 0, failed: 0, blocked: 0, savedSeconds };
  const summary = { ...counts, outcome: 'done' as const, seconds: (machine.now() - at) / 1000 };
  yield { kind: 'run-finished', run, summary } satisfies RunEvent;
}

/** The plan of such a run; undefined where the view's book does not say what it found. */
export function planStandstill(
  { tasks }: Standstill,
  view: ReadonlyMap<TaskName, ViewEntry>,
  jobs: number,
): PlanAnswer | undefined {
  const planned: PlannedTask[] = [];
  for (const [task] of tasks) {
    const shown = view.get(task);
    if (shown === undefined) return undefined;
    const { key, record } = shown;
    planned.push({ task, stage: record.stage, decision: { kind: 'reuse', key, record }, expectedSeconds: 0 });
  }
  const nothing = { seconds: [0, 0, 0], criticalPath: [], criticalSeconds: 0, bytes: 0, unknown: 0 } as const;
  return { tasks: planned, maybe: [], total: { ...nothing, jobs } };
}
