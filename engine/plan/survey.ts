import type { PathState } from '../model/artifact.ts';
import type { Diagnostic, Position } from '../model/diagnostic.ts';
import type { Digest, Json, JsonObject, TaskName } from '../model/names.ts';
import type { Code, Files, Loaded, Machine, PathQuery, StageCode, ViewEntry } from '../model/ports.ts';
import type { Source, TaskGraph, TaskNode } from '../model/task.ts';
import { checkAgreement } from './agreement.ts';
import { foresee } from './foresight.ts';
import { pathQueries } from './inputs.ts';
import { platformOf, type TaskFacts } from './material.ts';

/** One look at everything that a set of tasks may rest on, before the first decision. */
export interface Survey {
  readonly facts: ReadonlyMap<TaskName, TaskFacts>;
  readonly codes: ReadonlyMap<string, StageCode>;
  readonly state: (query: PathQuery) => PathState;
  /** Looks again at some paths, after they were found to have changed. */
  readonly refresh: (queries: readonly PathQuery[]) => Promise<void>;
  readonly diagnostics: readonly Diagnostic[];
}

export interface SurveyRequest {
  readonly tasks: TaskGraph['tasks'];
  /** The pipeline's file, for diagnostics. */
  readonly file: string;
  /** Tasks that will be decided; a missing source of theirs is an error now. */
  readonly needed: readonly TaskNode[];
  /** Tasks that a choice may ask for; their sources are looked at, and missed only when they are asked for. */
  readonly maybe: readonly TaskNode[];
  readonly view: ReadonlyMap<TaskName, ViewEntry>;
  readonly files: Files;
  readonly code: Code;
  readonly machine: Machine;
  /** Called for each module that has libraries to make ready, before its facts are asked. */
  readonly prepare?: (code: StageCode, threads: number) => Promise<void>;
}

export async function survey(request: SurveyRequest): Promise<Survey> {
  const tasks = [...request.needed, ...request.maybe];
  const loaded = await request.code.load(modulesOf(tasks));
  const codes = new Map<string, StageCode>();
  for (const [module, result] of loaded) if (result.ok) codes.set(module, result.code);

  const states = new Map<string, PathState>();
  const lookAt = async (queries: readonly PathQuery[]) => {
    const asked = new Map(queries.map((query) => [queryName(query), query]));
    const seen = await request.files.look([...asked.values()]);
    [...asked.keys()].forEach((name, index) => {
      states.set(name, seen[index] ?? { kind: 'missing' });
    });
  };
  await lookAt(tasks.flatMap((task) => [...taskQueries(task, codes), ...viewQueries(task, request.view)]));
  const state = (query: PathQuery) => states.get(queryName(query)) ?? ({ kind: 'missing' } as const);

  const diagnostics = moduleDiagnostics(tasks, loaded, request.file);
  if (diagnostics.length === 0) await prepareModules(tasks, codes, request);
  const facts = new Map<TaskName, TaskFacts>();
  for (const task of tasks) {
    const code = task.action.kind === 'use' ? codes.get(task.action.module) : undefined;
    if (task.action.kind === 'use' && code === undefined) continue;
    if (code) diagnostics.push(...checkAgreement(task, code, request.file));
    const checked = code ? await request.code.check(code, task.with) : { ok: true as const, params: task.with };
    if (checked.ok) facts.set(task.name, await factsOf(task, code, checked.params, state, request));
    else diagnostics.push(...checked.issues.map((issue) => parameterDiagnostic(task, issue, request.file)));
  }
  for (const task of request.needed) diagnostics.push(...missingSources(task, codes, state, request.file));
  if (!diagnostics.some(({ severity }) => severity === 'error')) {
    for (const task of request.needed) {
      const { code, params } = facts.get(task.name) ?? {};
      if (!code?.hasForesight || !params) continue;
      diagnostics.push(...(await foresee({ task, code, params }, { ...request, state })));
    }
  }
  return { facts, codes, state, refresh: lookAt, diagnostics: withoutRepeats(diagnostics) };
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

function queryName(query: PathQuery): string {
  return query.glob ? `glob ${query.path}` : `path ${query.path}`;
}

function modulesOf(tasks: readonly TaskNode[]): string[] {
  return [...new Set(tasks.flatMap((task) => (task.action.kind === 'use' ? [task.action.module] : [])))];
}

/** Source inputs, declared code files, and files that parameters name. */
export function taskQueries(task: TaskNode, codes: ReadonlyMap<string, StageCode>): PathQuery[] {
  const code = task.action.kind === 'use' ? codes.get(task.action.module) : undefined;
  return [...pathQueries(task), ...fileQueries(task, code).map((named) => named.query)];
}

function viewQueries(task: TaskNode, view: ReadonlyMap<TaskName, ViewEntry>): PathQuery[] {
  // What artifacts/ does not show needs no look: its result is brought back or made in any case.
  if (!view.has(task.name)) return [];
  return task.outs.map((out) => viewQuery(out.view));
}

export function viewQuery(view: string): PathQuery {
  return { path: `artifacts/${view}`, glob: false };
}

interface NamedQuery {
  readonly name: string;
  readonly query: PathQuery;
  readonly at: Position;
}

function fileQueries(task: TaskNode, code: StageCode | undefined): NamedQuery[] {
  const declared = task.stage.code.map((text) => ({
    name: text.text,
    query: { path: text.text, glob: /[*?[{]/.test(text.text) },
    at: text.at,
  }));
  const named = (code?.fileParameters ?? []).flatMap((name) => {
    const value = parameterAt(task.with, name);
    // `https:`, `pypi:` and the like name no file; a single letter before the colon is a Windows drive.
    if (typeof value !== 'string' || /^[a-z][a-z0-9+.-]+:/i.test(value)) return [];
    const at = task.stage.withPositions[name] ?? task.stage.withAt;
    return [{ name: `with.${name}`, query: { path: value, glob: false }, at }];
  });
  return [...declared, ...named];
}

function parameterAt(params: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = params;
  for (const name of path.split('.')) value = (value as JsonObject | null | undefined)?.[name];
  return value;
}

async function factsOf(
  task: TaskNode,
  code: StageCode | undefined,
  params: JsonObject,
  state: Survey['state'],
  request: SurveyRequest,
): Promise<TaskFacts> {
  const libraries = code?.hasFacts ? await request.code.facts(code, task.resources.cpu) : {};
  const files = fileQueries(task, code).map(({ name, query }) => [name, digestOfState(state(query))] as const);
  return {
    ...(code ? { code } : {}),
    params,
    files: Object.fromEntries(files),
    platform: platformOf(task, code, libraries, request.machine),
    env: Object.fromEntries(task.stage.env.map((name) => [name, request.machine.environment(name) ?? null])),
  };
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
  const at = nearestPosition(task, issue.path);
  const message = `stage '${task.stage.name}': with${issue.path === '' ? '' : `.${issue.path}`}: ${issue.message}`;
  return { code: 'wrong-parameter', severity: 'error', message, file, at };
}

function nearestPosition(task: TaskNode, path: string): Position {
  const parts = path.split('.');
  while (parts.length > 0) {
    const at = task.stage.withPositions[parts.join('.')];
    if (at) return at;
    parts.pop();
  }
  return task.stage.withAt;
}

function missingSources(
  task: TaskNode,
  codes: ReadonlyMap<string, StageCode>,
  state: Survey['state'],
  file: string,
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const look = (source: Source | null, name: string, at: Position) => {
    if (source?.kind !== 'path' || source.optional) return;
    const seen = state({ path: source.path, glob: source.glob });
    if (seen.kind === 'missing') found.push(missingPath(`input '${name}'`, task, source.path, { file, at }));
    if (seen.kind === 'refused')
      found.push({ code: 'refused-path', severity: 'error', message: seen.reason, file, at });
  };
  for (const input of task.inputs) {
    const at = task.stage.in.find((declared) => declared.name === input.name)?.at ?? task.stage.at;
    if (input.kind === 'one') look(input.source, input.name, at);
    else if (input.kind === 'list') for (const source of input.sources) look(source, input.name, at);
    else look(input.choice, input.name, at);
  }
  const eachAt = task.stage.each?.from[0]?.at ?? task.stage.at;
  for (const source of task.each?.sources ?? []) look(source, task.each?.variable ?? '', eachAt);
  const code = task.action.kind === 'use' ? codes.get(task.action.module) : undefined;
  for (const { name, query, at } of fileQueries(task, code)) {
    if (state(query).kind === 'missing') found.push(missingPath(`'${name}'`, task, query.path, { file, at }));
  }
  return found;
}

function missingPath(what: string, task: TaskNode, path: string, place: { file: string; at: Position }): Diagnostic {
  const message = `${what} of stage '${task.stage.name}': there is no file or folder '${path}'`;
  return {
    code: 'missing-path',
    severity: 'error',
    message,
    ...place,
    hint: 'paths are relative to the pipeline file',
  };
}

/** The tasks of a matrix stage share their faults. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((diagnostic) => [JSON.stringify(diagnostic), diagnostic])).values()];
}
