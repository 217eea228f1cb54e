import type { PathState } from '../model/artifact.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Digest, JsonObject, TaskName } from '../model/names.ts';
import type { Files, Machine, PathQuery, ViewEntry } from '../model/ports.ts';
import type { Code, Loaded, StageCode } from '../model/stage-code.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import { checkAgreement } from './agreement.ts';
import { foresee } from './foresight.ts';
import { platformOf, type TaskFacts } from './material.ts';
import { positionOf } from './position.ts';
import { fileQueries, type Known, queryName, taskQueries } from './queries.ts';
import { checkSources } from './sources.ts';

/** One look at everything that a set of tasks may rest on, before the first decision. */
export interface Survey {
  readonly facts: ReadonlyMap<TaskName, TaskFacts>;
  readonly codes: ReadonlyMap<string, StageCode>;
  readonly state: (query: PathQuery) => PathState;
  /** All that was looked at. */
  readonly queries: readonly PathQuery[];
  /** Looks again at some paths, after they were found to have changed. */
  readonly refresh: (queries: readonly PathQuery[]) => Promise<void>;
  readonly readSource: (path: string) => Promise<string | undefined>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface SurveyRequest {
  /** The text of a source file, as it is now. */
  readonly readSource: (path: string) => Promise<string | undefined>;
  readonly tasks: TaskGraph['tasks'];
  /** The pipeline's file, for diagnostics. */
  readonly file: string;
  /** Tasks that will be decided; a missing source of theirs is an error now. */
  readonly needed: readonly TaskNode[];
  /** Tasks that a choice may ask for; their sources are looked at, and missed only when they are asked for. */
  readonly maybe: readonly TaskNode[];
  readonly view: ReadonlyMap<TaskName, ViewEntry>;
  readonly files: Files;
  /** What a look just before this one saw, by the query's name; it need not be asked again, and is taken out. */
  readonly seen?: Map<string, PathState>;
  readonly code: Code;
  readonly machine: Machine;
  /** Called for each module that has libraries to make ready, before its facts are asked. */
  readonly prepare?: (code: StageCode, threads: number) => Promise<void>;
}

export async function survey(request: SurveyRequest): Promise<Survey> {
  const tasks = [...request.needed, ...request.maybe];
  const { codes, known, queries, diagnostics, ...seen } = await lookAround(tasks, request);
  const { state } = seen;

  const facts = new Map<TaskName, TaskFacts>();
  if (!hasErrors(diagnostics)) {
    await prepareModules(tasks, codes, request);
    for (const task of tasks) {
      const told = known.get(task.name);
      if (told) facts.set(task.name, await factsOf(task, told, state, request));
    }
  }
  for (const task of request.needed) {
    diagnostics.push(...checkSources(task, known.get(task.name), state, request.file));
  }
  if (!hasErrors(diagnostics)) {
    for (const task of request.needed) {
      const { code, params, platform } = facts.get(task.name) ?? {};
      if (!code?.hasForesight || !params || !platform) continue;
      diagnostics.push(...(await foresee({ task, code, params, platform }, { ...request, state })));
    }
  }
  const refresh = async (queries: readonly PathQuery[]) => {
    await seen.look(queries);
    // Scripts and files that parameters name may be among them.
    for (const task of tasks) {
      const told = facts.get(task.name);
      if (told && Object.keys(told.files).length > 0)
        facts.set(task.name, { ...told, files: fileDigests(task, told, state) });
    }
  };
  return {
    facts,
    codes,
    state,
    queries,
    refresh,
    readSource: request.readSource,
    diagnostics: withoutRepeats(diagnostics),
  };
}

/** The modules of the tasks, their parameters, all that lies where these look, and what is wrong with any of it. */
async function lookAround(tasks: readonly TaskNode[], request: SurveyRequest) {
  const sights = createSights(request.files, request.seen ?? new Map());
  const known = new Map<TaskName, Known>();
  const listQueries = () => {
    const asked = tasks.flatMap((task) => [
      ...taskQueries(task, known.get(task.name)),
      ...viewQueries(task, request.view),
    ]);
    return [...new Map(asked.map((query) => [queryName(query), query])).values()];
  };
  let queries = listQueries();
  // Files are hashed while another process bundles the modules; what parameters name is known, and asked for, afterwards.
  const [loaded] = await Promise.all([request.code.load(modulesOf(tasks)), sights.lookAtNew(queries)]);
  const codes = new Map<string, StageCode>();
  for (const [module, result] of loaded) if (result.ok) codes.set(module, result.code);
  const diagnostics = moduleDiagnostics(tasks, loaded, request.file);
  for (const task of tasks) {
    const code = task.action.kind === 'use' ? codes.get(task.action.module) : undefined;
    if (task.action.kind === 'use' && code === undefined) continue;
    if (code) diagnostics.push(...checkAgreement(task, code, request.file));
    const checked = code ? await request.code.check(code, task.with) : { ok: true as const, params: task.with };
    if (checked.ok) known.set(task.name, { ...(code ? { code } : {}), params: checked.params });
    else diagnostics.push(...checked.issues.map((issue) => parameterDiagnostic(task, issue, request.file)));
  }
  if ([...codes.values()].some(({ fileParameters }) => fileParameters.length > 0)) {
    queries = listQueries();
    await sights.lookAtNew(queries);
  }
  request.seen?.clear();
  return { ...sights, codes, known, queries, diagnostics };
}

function createSights(files: Files, known: ReadonlyMap<string, PathState>) {
  const states = new Map<string, PathState>();
  const look = async (queries: readonly PathQuery[]) => {
    const seen = await files.look(queries);
    queries.forEach((query, index) => {
      states.set(queryName(query), seen[index] ?? { kind: 'missing' });
    });
  };
  return {
    look,
    /** Only at what nobody has looked at yet. */
    lookAtNew: (queries: readonly PathQuery[]) => {
      for (const name of queries.map(queryName)) {
        const state = known.get(name);
        if (state !== undefined) states.set(name, state);
      }
      return look(queries.filter((query) => !states.has(queryName(query))));
    },
    state: (query: PathQuery) => states.get(queryName(query)) ?? ({ kind: 'missing' } as const),
  };
}

async function prepareModules(
  tasks: readonly TaskNode[],
  codes: ReadonlyMap<string, StageCode>,
  request: SurveyRequest,
): Promise<void> {
  const prepared = new Set<StageCode>();
  for (const task of tasks) {
    const code = task.action.kind === 'use' ? codes.get(task.action.module) : undefined;
    if (!code?.hasPrepare || prepared.has(code)) continue;
    prepared.add(code);
    await request.prepare?.(code, task.resources.cpu);
  }
}

function modulesOf(tasks: readonly TaskNode[]): string[] {
  return [...new Set(tasks.flatMap((task) => (task.action.kind === 'use' ? [task.action.module] : [])))];
}

function viewQueries(task: TaskNode, view: ReadonlyMap<TaskName, ViewEntry>): PathQuery[] {
  // What artifacts/ does not show needs no look: its result is brought back or made in any case.
  if (!view.has(task.name)) return [];
  return task.outs.map((out) => viewQuery(out.view));
}

/** Equal where the same contents were seen. */
export function describeState(state: PathState): string {
  return state.kind === 'file' || state.kind === 'folder' ? `${state.kind} ${state.digest}` : state.kind;
}

export function viewQuery(view: string): PathQuery {
  return { path: `artifacts/${view}`, glob: false };
}

async function factsOf(
  task: TaskNode,
  known: Known,
  state: Survey['state'],
  request: SurveyRequest,
): Promise<TaskFacts> {
  const { code } = known;
  const libraries = code?.hasFacts ? await request.code.facts(code, task.resources.cpu) : {};
  return {
    ...known,
    files: fileDigests(task, known, state),
    platform: platformOf(task, code, libraries, request.machine),
    env: Object.fromEntries(task.stage.env.map((name) => [name, request.machine.environment(name) ?? null])),
  };
}

function fileDigests(task: TaskNode, known: Known, state: Survey['state']): JsonObject {
  const files = fileQueries(task, known).map(({ name, query }) => [name, digestOfState(state(query))] as const);
  return Object.fromEntries(files);
}

function digestOfState(state: PathState): Digest | null {
  return state.kind === 'file' || state.kind === 'folder' ? state.digest : null;
}

function moduleDiagnostics(
  tasks: readonly TaskNode[],
  loaded: ReadonlyMap<string, Loaded>,
  file: string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [module, result] of loaded) {
    if (result.ok) continue;
    const user = tasks.find((task) => task.action.kind === 'use' && task.action.module === module);
    // A module that is not there is the pipeline's fault, so its line is shown; a fault inside has its own place.
    const at = user?.stage.actionAt;
    for (const diagnostic of result.diagnostics) {
      found.push(diagnostic.file === undefined && at ? { ...diagnostic, file, at } : diagnostic);
    }
  }
  return found;
}

function parameterDiagnostic(task: TaskNode, issue: { path: string; message: string }, file: string): Diagnostic {
  const at = positionOf(task, issue.path);
  const message = `stage '${task.stage.name}': with${issue.path === '' ? '' : `.${issue.path}`}: ${issue.message}`;
  return { code: 'wrong-parameter', severity: 'error', message, file, at };
}

function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** The tasks of a matrix stage share their faults. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}
