import { resolveTargets, type Selection, selectTasks } from '../graph/select.ts';
import type { PathState } from '../model/artifact.ts';
import { type Diagnostic, DiagnosticError } from '../model/diagnostic.ts';
import type { Failure } from '../model/event.ts';
import type { Executor } from '../model/job.ts';
import type { RunId, TaskName } from '../model/names.ts';
import type { Files, Machine, Store } from '../model/ports.ts';
import type { PipelineSettings, PipelineSpec } from '../model/spec.ts';
import type { Code, StageCode } from '../model/stage-code.ts';
import type { TaskGraph, TaskNode } from '../model/task.ts';
import type { Upkeep } from '../model/upkeep.ts';
import { type Survey, survey } from '../plan/survey.ts';
import type { Part } from './grounds.ts';
import type { QuietRun } from './standstill.ts';

/** What every answer is made from: the pipeline as it stands, and the rooms' parts. */
export interface Session {
  /** The project's folder, absolute. */
  readonly root: string;
  readonly settings: PipelineSettings;
  readonly spec: PipelineSpec;
  readonly graph: TaskGraph;
  /** Where the graph holds what has to be decided on alone. */
  readonly part?: Part | undefined;
  readonly run: RunId;
  readonly files: Files;
  /** What was seen while it was asked whether anything has changed at all. */
  readonly seen: Map<string, PathState>;
  readonly store: Store;
  readonly upkeep: Upkeep;
  readonly code: Code;
  readonly executor: Executor;
  readonly machine: Machine;
  /** Puts another text into pipeline.yaml, which still has to hold the first one. */
  readonly replacePipeline: (before: string, after: string) => Promise<void>;
  /** The text of a file of the project; undefined where it cannot be read. */
  readonly readSource: (path: string) => Promise<string | undefined>;
  /** Told of a run that found nothing to do, so that the next one may know it without deciding anew. */
  readonly keepStandstill: (run: QuietRun) => Promise<void>;
  readonly diskFailure: (error: unknown) => Failure | undefined;
}

/** Targets of a request with all they need; no text at all means the pipeline's default. */
export function select(
  session: Session,
  texts: readonly string[],
): Selection & { readonly targets: readonly TaskName[] } {
  const asked = texts.length > 0 ? texts : session.spec.default.map((target) => target.text);
  const targets = resolveTargets(session.graph, asked);
  refuseErrors(targets.diagnostics);
  return { ...selectTasks(session.graph, targets.tasks), targets: targets.tasks };
}

/** A stage's name forces all its tasks, a task's name that one. */
export function forcing(session: Session, texts: readonly string[]): (task: TaskNode) => boolean {
  if (texts.length === 0) return () => false;
  const forced = resolveTargets(session.graph, texts);
  refuseErrors(forced.diagnostics);
  const names = new Set(forced.tasks);
  return (task) => names.has(task.name);
}

export function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) throw new DiagnosticError(diagnostics);
}

/** Looks at everything that the selection may rest on; throws what is wrong with it. */
export async function look(
  session: Session,
  selection: Selection,
  prepare?: (code: StageCode, threads: number) => Promise<void>,
): Promise<Survey> {
  const nodes = (names: readonly TaskName[]) => names.map((name) => session.graph.tasks.get(name) as TaskNode);
  const seen = await survey({
    tasks: session.graph.tasks,
    file: session.spec.file,
    needed: nodes(selection.tasks),
    maybe: nodes(selection.maybe),
    view: await session.store.view(),
    files: session.files,
    seen: session.seen,
    code: session.code,
    machine: session.machine,
    readSource: session.readSource,
    ...(prepare ? { prepare } : {}),
  });
  if (seen.diagnostics.some(({ severity }) => severity === 'error')) await keepHashes(session);
  refuseErrors(seen.diagnostics);
  return seen;
}

/** What was hashed and bundled need not be by whoever asks next. */
export async function keepHashes({ files, code }: Session): Promise<void> {
  await files.save();
  await code.save();
}
