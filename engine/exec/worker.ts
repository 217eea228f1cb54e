/**
 * A worker's process: imports the bundles that were hashed and runs their stages, one job at a time.
 *
 * Started by worker-process.ts, from this file through tsx or from a bundle of it. Thread counts are in the environment
 * before anything is imported. Standard output and error are the job's log.
 */
import { pathToFileURL } from 'node:url';
import type { AnyStageModule } from '../stage.ts';
import type { FromWorker, Thrown, ToWorker } from './protocol.ts';
import { type ItemWork, openItemWork } from './worker-items.ts';
import { measureMemory } from './worker-memory.ts';
import { runStage } from './worker-stage.ts';
import { readSurroundings, restoreSurroundings, type WorkerSurroundings } from './worker-surroundings.ts';

process.title = 'flow worker';
// Stack traces then name the sources, by the map beside the bundle.
process.setSourceMapsEnabled(true);

let abort = new AbortController();
let items: ItemWork | undefined;

function send(message: FromWorker): void {
  process.send?.(message);
}

/** The engine is gone, however it went: with it goes this process and all that it started. */
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

/** Thrown outside of any promise that the stage returned: there is no telling what still works. */
process.on('uncaughtException', (error) => {
  process.send?.({ kind: 'failed', thrown: describe(error), memory: measureMemory() } satisfies FromWorker, () =>
    process.exit(1),
  );
});

process.on('message', (message: ToWorker) => {
  if (message.kind === 'abort') abort.abort();
  else if (message.kind === 'enough') items?.stop();
  // Where it cannot be imported, the job that follows says so.
  else if (message.kind === 'import') importStage(message.bundle).catch(() => {});
  else void work(message);
});

async function work(message: Exclude<ToWorker, { kind: 'abort' | 'enough' | 'import' }>): Promise<void> {
  try {
    if (message.kind === 'items') {
      abort = new AbortController();
      items = openItemWork(message, { load: () => importStage(message.order.bundle), signal: abort.signal, send });
      return;
    }
    if (message.kind === 'batches') {
      await items?.make(message.batches);
    } else {
      abort = new AbortController();
      await runStage(message, { stage: await importStage(message.order.bundle), signal: abort.signal, send });
    }
    await finishOutput();
    send({ kind: 'done', memory: measureMemory() });
  } catch (error) {
    await finishOutput();
    send({ kind: 'failed', thrown: describe(error), memory: measureMemory() });
  }
}

/** What was printed must be in the pipes before the message that ends the job. */
async function finishOutput(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve));
  }
}

interface Imported {
  readonly stage: AnyStageModule;
  /** As the import left them, which is how all its jobs find them. */
  readonly surroundings: WorkerSurroundings;
}

const atStart = readSurroundings();
const imports = new Map<string, Promise<Imported>>();
let last: Promise<unknown> = Promise.resolve();

async function importStage(bundle: string): Promise<AnyStageModule> {
  const imported = imports.get(bundle) ?? importOnce(bundle);
  imports.set(bundle, imported);
  const { stage, surroundings } = await imported;
  restoreSurroundings(surroundings);
  return stage;
}

/** One after the other: a bundle that is imported ahead must not lose, half-way, the variables that it sets for its libraries. */
function importOnce(bundle: string): Promise<Imported> {
  const imported = last
    .catch(() => {})
    .then(async () => {
      restoreSurroundings(atStart);
      const { default: stage } = await import(pathToFileURL(bundle).href);
      return { stage, surroundings: readSurroundings() };
    });
  last = imported;
  return imported;
}

function describe(error: unknown): Thrown {
  if (!(error instanceof Error)) return { message: `Thrown: ${String(error)}` };
  const { message, stack, code, path, item } = error as Error & Partial<Thrown>;
  return {
    message: message === '' ? error.name : message,
    ...(stack === undefined ? {} : { stack }),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(typeof item === 'string' ? { item } : {}),
  };
}
