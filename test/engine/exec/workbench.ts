/** A throw-away folder with an executor, and jobs for it, for the tests of this room. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { build } from 'esbuild';
import { createExecutor } from '../../../engine/exec/executor.ts';
import { digestText } from '../../../engine/hash/digest.ts';
import type { Executor, ItemOutcome, Job, JobOutcome } from '../../../engine/model/job.ts';
import type { TaskName } from '../../../engine/model/names.ts';

const source = resolve(import.meta.dirname, '../../../engine/exec/worker.ts');

/** The worker as it is run in production: one bundle, which node starts four times faster than tsx starts the source. */
const bundled = mkdtempSync(join(tmpdir(), 'flow-worker-'));
await build({
  entryPoints: [source],
  outfile: join(bundled, 'worker.mjs'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
});
process.on('exit', () => rmSync(bundled, { recursive: true, force: true }));
export const workerEntry = join(bundled, 'worker.mjs');

export interface Ran {
  readonly outcome: JobOutcome;
  readonly items: readonly ItemOutcome[];
  readonly progress: readonly { readonly done: number; readonly total: number; readonly note?: string }[];
  readonly log: string;
}

export interface Workbench {
  readonly root: string;
  readonly runId: string;
  readonly executor: Executor;
  /** A bundle whose default export is a stage with this body. */
  readonly stage: (body: string) => Job['action'];
  readonly itemStage: (body: string, more?: string) => Job['action'];
  readonly job: (action: Job['action'], more?: Partial<Job>) => Job;
  /** `heard` is called at each report of progress. */
  readonly run: (job: Job, signal?: AbortSignal, heard?: () => void) => Promise<Ran>;
}

export function workbench(context: TestContext, poolSize = 2, environment = process.env): Workbench {
  const root = mkdtempSync(join(tmpdir(), 'flow-exec-'));
  const runId = root.slice(-6);
  const executor = createExecutor({ root, run: runId, workerEntry, poolSize, environment, graceSeconds: 0.5 });
  context.after(async () => {
    await executor.close();
    rmSync(root, { recursive: true, force: true });
  });
  let count = 0;
  const bundle = (text: string): Job['action'] => {
    const path = join(root, `${++count}.mjs`);
    writeFileSync(path, text);
    return { kind: 'module', bundle: path, params: {} };
  };
  const job: Workbench['job'] = (action, more = {}) => {
    const folder = join(root, `attempt-${++count}`);
    mkdirSync(folder);
    return {
      task: `task${count}` as TaskName,
      action,
      matrix: {},
      inputs: {},
      outputs: { out: join(folder, 'out') },
      seed: 'seed',
      threads: 1,
      workers: 1,
      environment: {},
      folder,
      checkpoint: folder,
      logFile: join(folder, 'log.txt'),
      ...more,
    };
  };
  return {
    root,
    runId,
    executor,
    job,
    stage: (body) => bundle(`export default { kind: 'stage', run: async (run) => { ${body} } };`),
    itemStage: (body, more = '') =>
      bundle(`export default { kind: 'items', ${more} run: async ({ items, state, signal, log }) => { ${body} } };`),
    run: async (one, signal = new AbortController().signal, heard = () => {}) => {
      const items: ItemOutcome[] = [];
      const progress: Ran['progress'][number][] = [];
      const listener = {
        item: (made: ItemOutcome) => items.push(made),
        progress: (report: Ran['progress'][number]) => {
          progress.push(report);
          heard();
        },
      };
      const outcome = await executor.run(one, listener, signal);
      return { outcome, items, progress, log: existsSync(one.logFile) ? readFileSync(one.logFile, 'utf8') : '' };
    },
  };
}

/** Items with one output each. */
export function itemsOf(bench: Workbench, names: readonly string[], batch = 1): NonNullable<Job['items']> {
  const folder = join(bench.root, 'items');
  mkdirSync(folder, { recursive: true });
  const list = names.map((id) => {
    const path = join(folder, id);
    if (!existsSync(path)) writeFileSync(path, id);
    return { id, path, digest: digestText(id), outputs: { out: join(folder, `${id}.out`) }, seed: id };
  });
  return { list, batch };
}

/** Processes of this run's jobs, without those that have ended and wait for their parent. */
export function survivors(runId: string): number[] {
  return processesWith(`FLOW_CHILD=${runId}-`);
}

/** With those that start others. */
export function processesOfRun(runId: string): number[] {
  return processesWith(`FLOW_RUN=${runId}`);
}

function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        return (
          variables.some((one) => one.startsWith(mark)) &&
          !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
        );
      } catch {
        return false;
      }
    });
}

/** Waits until no marked process is left, for ten seconds at most; gives those that are left then. */
export async function waitForEnd(runId: string): Promise<number[]> {
  for (let turn = 0; turn < 200 && survivors(runId).length > 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return survivors(runId);
}
