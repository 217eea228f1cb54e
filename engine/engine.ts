/** The composition root: makes the rooms' parts, hands each to those that need it, and is the engine's only public entry. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Part } from './answers/grounds.ts';
import type { Session } from './answers/session.ts';
import type { Compared, compareStandstill, QuietRun, Standstill } from './answers/standstill.ts';
import { createCode } from './code/code.ts';
import { createExecutor, endOrphans } from './exec/executor.ts';
import { thisMachine } from './exec/machine.ts';
import { createFiles } from './files/files.ts';
import { expandPipeline } from './graph/expand.ts';
import type { PathState } from './model/artifact.ts';
import { type Diagnostic, DiagnosticError } from './model/diagnostic.ts';
import type { Json, RunId } from './model/names.ts';
import type { PlanRequest } from './model/planning.ts';
import type { OpenProject, Project, ProjectOptions } from './model/project.ts';
import type { ReceiptCheck } from './model/receipt.ts';
import { contract } from './stage.ts';
import { compileLate } from './startup/compile-late.ts';
import { loadPipeline, type PipelineText, readPipelineText } from './startup/load-pipeline.ts';
import { changedMeanwhile, replaceText } from './startup/replace-text.ts';
import { readGrounds, readStandstills, viewStamp, writeStandstill } from './startup/standstills.ts';
import { createStore } from './store/store.ts';

const engineFolder = fileURLToPath(new URL('..', import.meta.url));

export const openProject: OpenProject = async (options) => {
  await compileLate(2);
  const source = readPipelineText(options);
  const parts = openParts(options);
  const whole = once(() => openWhole(options, source, parts()));
  const standstills = readStandstills(options, source);
  const knownFor = ({ targets, force = [], keep = [] }: PlanRequest) =>
    force.length + keep.length > 0
      ? undefined
      : standstills.find((known) => JSON.stringify(known.targets) === JSON.stringify(targets));
  const compare = async (known: Standstill, stirred?: Parameters<typeof compareStandstill>[2]): Promise<Compared> => {
    const { compareStandstill } = await import('./answers/standstill.ts');
    const compared = await compareStandstill(known, parts(), stirred);
    if (compared.stands) await parts().files.save();
    if (compared.stands) await parts().code.save();
    return compared;
  };
  /** What of the pipeline has to be decided on: mostly a part of it. */
  const openStirred = async (standstill: Standstill, compared: Compared): Promise<Answers> => {
    const grounds = readGrounds(options, source, standstill);
    const { findPart } = await import('./answers/grounds.ts');
    const { enterSeen } = await import('./answers/standstill.ts');
    const part = grounds && findPart({ standstill, grounds }, compared, await parts().store.view());
    enterSeen(parts().seen, standstill, compared, part?.queries);
    return part ? openWhole(options, source, parts(), part) : whole();
  };
  // A pipeline with anything to be said about it is never kept among them.
  const diagnostics = standstills.length > 0 ? [] : (await whole()).diagnostics;
  return {
    diagnostics,
    sources: new Map([[source.file, source.text]]),
    async *run(request) {
      const known = request.trace ? undefined : knownFor(request);
      if (known) {
        const { store, machine, run, executor } = parts();
        // Whatever has to be made will need a worker, and to ask a folder's files takes as long as a process to start.
        const [[name, [threads = 1]] = ['', []]] = known.modules;
        let isExpected = name === '' || known.variables.length > 0;
        const expectWork = (bundle?: string) => {
          if (!isExpected) executor.expect(threads, bundle);
          isExpected = true;
        };
        const compared = await compare(known, (codes) => expectWork(codes.get(name)?.bundle));
        if (compared.stands) {
          await store.buryDead();
          const { repeatStandstill } = await import('./answers/standstill.ts');
          yield* repeatStandstill(known, run, machine);
          return;
        }
        expectWork();
        return yield* (await openStirred(known, compared)).run(request);
      }
      yield* (await whole()).run(request);
    },
    async plan(request) {
      const known = knownFor(request);
      if (known) {
        const { enterSeen, planStandstill } = await import('./answers/standstill.ts');
        const { store, machine, seen } = parts();
        const compared = await compare(known);
        const answer = compared.stands && planStandstill(known, await store.view(), request.jobs ?? machine.cores);
        if (answer) return answer;
        enterSeen(seen, known, compared);
      }
      return (await whole()).plan(request);
    },
    why: async (request) => (await whole()).why(request),
    accept: async (targets, because) => (await whole()).accept(targets, because),
    get: async (request) => (await whole()).get(request),
    lineage: async (artifact) => (await whole()).lineage(artifact),
    lineageDown: async (artifact) => (await whole()).lineageDown(artifact),
    lineageOfSource: async (path, isWhole) => (await whole()).lineageOfSource(path, isWhole),
    lineageOfRow: async (artifact, id) => (await whole()).lineageOfRow(artifact, id),
    lineageDownOfRow: async (artifact, id) => (await whole()).lineageDownOfRow(artifact, id),
    runs: async (most) => (await whole()).runs(most),
    journal: async (name) => (await whole()).journal(name),
    log: async (reference, most) => (await whole()).log(reference, most),
    cat: async (artifact) => (await whole()).cat(artifact),
    diff: async (before, after) => (await whole()).diff(before, after),
    tries: async (references) => (await whole()).tries(references),
    restore: async (request) => (await whole()).restore(request),
    receipt: async (reference, key) => (await whole()).receipt(reference, key),
    structure: async () => (await whole()).structure(),
    contents: async (artifact) => (await whole()).contents(artifact),
    follow: (signal) => parts().store.followJournals(signal),
    status: async () => (await whole()).status(),
    clean: async () => (await whole()).clean(),
    doctor: async () => (await whole()).doctor(),
    verify: async (progress) => (await whole()).verify(progress),
    gc: async (request) => (await whole()).gc(request),
    audit: async (request) => (await whole()).audit(request),
    close: async () => {
      // Workers are killed at once, and gone when the store has put its index in order.
      await Promise.all([parts.made()?.executor.close(), parts.made()?.store.close()]);
    },
  };
};

type Answers = Omit<Project, 'sources' | 'follow' | 'close'>;

async function openWhole(options: ProjectOptions, source: PipelineText, parts: Parts, part?: Part): Promise<Answers> {
  await compileLate(6);
  const { spec, diagnostics } = await loadPipeline(source, options, part?.stages);
  const graph = spec && expandPipeline(spec);
  const all: readonly Diagnostic[] = [...diagnostics, ...(graph?.diagnostics ?? [])];
  const isSound = !all.some((diagnostic) => diagnostic.severity === 'error');
  const keepStandstill = async (run: QuietRun) => {
    const { name } = source;
    if (all.length > 0 || !graph || name === undefined || viewStamp(options.root) !== parts.viewStamp) return;
    const { describeQuiet } = await import('./answers/grounds.ts');
    const kept = await describeQuiet({ run, graph, spec, part, view: await parts.store.view() }, parts);
    if (kept) writeStandstill(options, name, kept);
  };
  const session = once((): Session => {
    if (!isSound || !spec || !graph) throw new DiagnosticError(all);
    const { root, settings } = options;
    const readSource = (path: string) => readFile(resolve(root, path), 'utf8').catch(() => undefined);
    const replacePipeline = async (before: string, after: string) => {
      const path = join(root, source.file);
      replaceText(path, (now) => {
        if (now !== before) throw changedMeanwhile(path);
        return after;
      });
    };
    const { diskFailure, upkeep } = parts.store;
    const asked = { root, settings, spec, graph, part };
    return { ...parts, ...asked, upkeep, keepStandstill, readSource, replacePipeline, diskFailure };
  });
  // Each answer is imported when it is asked for, since start-up is what a no-op run is made of.
  return {
    diagnostics: all,
    async *run(request) {
      const { run } = await import('./answers/run.ts');
      yield* run(session(), request);
    },
    plan: async (request) => (await import('./answers/plan.ts')).plan(session(), request),
    why: async (request) => (await import('./answers/why.ts')).why(session(), request),
    accept: async (targets, because) => (await import('./answers/accept.ts')).accept(session(), targets, because),
    get: async (request) => (await import('./answers/get.ts')).get(session(), request),
    lineage: async (artifact) => (await import('./answers/lineage.ts')).lineage(session(), artifact),
    lineageDown: async (artifact) => (await import('./answers/lineage.ts')).lineageDown(session(), artifact),
    lineageOfSource: async (path, isWhole) =>
      (await import('./answers/lineage-source.ts')).lineageOfSource(session(), path, isWhole),
    lineageOfRow: async (artifact, id) => (await import('./answers/lineage.ts')).lineageOfRow(session(), artifact, id),
    lineageDownOfRow: async (artifact, id) =>
      (await import('./answers/lineage.ts')).lineageDownOfRow(session(), artifact, id),
    runs: async (most) => (await import('./answers/runs.ts')).runs(parts, most),
    journal: async (name) => (await import('./answers/runs.ts')).journal(parts, name),
    log: async (reference, most) => {
      const { log, newest } = await import('./answers/runs.ts');
      return reference === undefined ? newest(parts, most) : log(session(), reference);
    },
    cat: async (artifact) => (await import('./answers/cat.ts')).cat(session(), artifact),
    diff: async (before, after) => (await import('./answers/diff.ts')).diff(session(), before, after),
    tries: async (references) => (await import('./answers/tries.ts')).tries(session(), references),
    restore: async (request) => (await import('./answers/restore.ts')).restore(session(), request),
    receipt: async (reference, key) => (await import('./answers/receipt.ts')).receipt(session(), reference, key),
    structure: async () => (await import('./answers/structure.ts')).structure(session()),
    contents: async (artifact) => (await import('./answers/contents.ts')).contents(session(), artifact),
    status: async () => (await import('./answers/status.ts')).status(session()),
    clean: async () => (await import('./answers/clean.ts')).clean(parts),
    doctor: async () => (await import('./answers/doctor.ts')).doctor(session()),
    verify: async (progress) => {
      const { verify } = await import('./answers/verify.ts');
      const { root } = options;
      const { upkeep } = parts.store;
      return verify({ ...parts, root, upkeep }, isSound ? session() : undefined, progress);
    },
    gc: async (request) => (await import('./answers/gc.ts')).gc(session(), request),
    audit: async (request) => (await import('./answers/audit.ts')).audit(session(), request),
  };
}

type Parts = ReturnType<typeof makeParts>;

function openParts(options: ProjectOptions) {
  return once(() => makeParts(options));
}

function makeParts({ root }: ProjectOptions) {
  const folder = join(root, '.flow');
  const machine = thisMachine();
  const run = newRunId(machine.now());
  const files = createFiles({ root, cacheFolder: join(folder, 'cache', 'files') });
  const store = createStore({ root, run, files, endOrphans: (runs) => endOrphans(root, runs) });
  const { environment } = machine;
  const code = createCode({ root, folder: join(folder, 'code'), engineFolder, contract, environment });
  const executor = createExecutor({ root, run });
  // Before anything reads the book, so that what is learned of it later is never older than this.
  return { run, files, seen: new Map<string, PathState>(), store, code, executor, machine, viewStamp: viewStamp(root) };
}

/** Makes something at the first call; `made` gives it only where that has happened. */
function once<T>(make: () => T): (() => T) & { readonly made: () => T | undefined } {
  let value: { readonly made: T } | undefined;
  const get = () => {
    value ??= { made: make() };
    return value.made;
  };
  return Object.assign(get, { made: () => value?.made });
}

/** Sorts by time, to the millisecond; the random end tells two runs of one moment apart. */
function newRunId(now: number): RunId {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const milliseconds = (now % 1000).toString(16).padStart(3, '0');
  return `${time}-${milliseconds}${randomBytes(2).toString('hex').slice(1)}` as RunId;
}

export { replaceText } from './startup/replace-text.ts';

/** Sets values in the text of a pipeline, by their paths; all other bytes stay. */
export async function editYaml(
  text: string,
  edits: readonly { readonly path: readonly string[]; readonly value: Json | undefined }[],
): Promise<string> {
  return (await import('./spec/edit.ts')).editYaml(text, edits);
}

/** Checks a receipt by itself, and against what lies below `folder`; needs neither a pipeline nor a store. */
export async function checkReceipt(text: string, folder: string): Promise<ReceiptCheck> {
  const { checkReceipt: check } = await import('./answers/receipt.ts');
  // Nothing is saved, so that the folder's cache is never made.
  return check(text, createFiles({ root: folder, cacheFolder: join(folder, '.flow', 'cache', 'files') }));
}
