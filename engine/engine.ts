/** The composition root: makes the rooms' parts, hands each to those that need it, and is the engine's only public entry. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Session } from './answers/session.ts';
import { createCode } from './code/code.ts';
import { createExecutor, endOrphans } from './exec/executor.ts';
import { thisMachine } from './exec/machine.ts';
import { createFiles } from './files/files.ts';
import { expandPipeline } from './graph/expand.ts';
import { loadPipeline } from './load-pipeline.ts';
import { type Diagnostic, DiagnosticError } from './model/diagnostic.ts';
import type { RunId } from './model/names.ts';
import type { OpenProject, Project, ProjectOptions } from './model/project.ts';
import type { PipelineSpec } from './model/spec.ts';
import { contract } from './stage.ts';
import { createStore } from './store/store.ts';

const engineFolder = fileURLToPath(new URL('..', import.meta.url));

export const openProject: OpenProject = async (options) => {
  const { file, text, spec, diagnostics } = await loadPipeline(options);
  const graph = spec && expandPipeline(spec);
  const all: readonly Diagnostic[] = [...diagnostics, ...(graph?.diagnostics ?? [])];
  const isSound = !all.some((diagnostic) => diagnostic.severity === 'error');
  let opened: Session | undefined;
  const session = (): Session => {
    if (!isSound || !spec || !graph) throw new DiagnosticError(all);
    opened ??= openSession(options, spec, graph);
    return opened;
  };
  // Each answer is imported when it is asked for, since start-up is what a no-op run is made of.
  return {
    diagnostics: all,
    sources: new Map([[file, text]]),
    async *run(request) {
      const { run } = await import('./answers/run.ts');
      yield* run(session(), request);
    },
    plan: async (targets, force = []) => (await import('./answers/plan.ts')).plan(session(), targets, force),
    why: async (reference) => (await import('./answers/why.ts')).why(session(), reference),
    lineage: async (artifact) => (await import('./answers/lineage.ts')).lineage(session(), artifact),
    status: async () => (await import('./answers/status.ts')).status(session()),
    clean: () => session().store.clearView(),
    doctor: async () => (await import('./answers/doctor.ts')).doctor(session()),
    close: async () => {
      await opened?.executor.close();
      await opened?.store.close();
    },
  } satisfies Project;
};

function openSession(options: ProjectOptions, spec: PipelineSpec, graph: Session['graph']): Session {
  const { root, settings } = options;
  const folder = join(root, '.flow');
  const machine = thisMachine();
  const run = newRunId(machine.now());
  const files = createFiles({ root, cacheFolder: join(folder, 'cache', 'files') });
  const store = createStore({ root, run, files, endOrphans: (runs) => endOrphans(root, runs) });
  const code = createCode({
    root,
    folder: join(folder, 'code'),
    engineFolder,
    contract,
    environment: machine.environment,
  });
  const executor = createExecutor({ root, run });
  return { root, settings, spec, graph, run, files, store, code, executor, machine, diskFailure: store.diskFailure };
}

/** Sorts by time; the random end tells two runs of one second apart. */
function newRunId(now: number): RunId {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}` as RunId;
}
