/**
 * Runs a stage's module as the engine does, but in this process and without a store: what tests of stages need.
 * Outputs lie in a temporary folder that the test's end removes.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { z } from 'zod';
import type {
  Declarations,
  InputItems,
  Inputs,
  ItemStageModule,
  Outputs,
  StageModule,
  WorkItem,
} from '../../engine/stage.ts';
import { seedRandom } from '../../vision/training/random.ts';

export async function makeFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-stage-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files by their paths below a folder, and gives their paths in the same order. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string[]> {
  const paths: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    paths.push(path);
  }
  return paths;
}

/** A folder as an item stage's output: an item a file, by its path below the folder. */
export async function itemsOf(folder: string, ids?: (name: string) => string): Promise<InputItems> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const items = names.sort().map((path) => {
    const name = path.slice(folder.length + 1);
    return { id: ids ? ids(name) : name, path };
  });
  return { folder, items, skipped: [] };
}

interface StageRequest<P extends z.ZodType, I extends Declarations> {
  /** As in pipeline.yaml: they are parsed as the engine parses them. */
  readonly params: z.input<P>;
  readonly inputs: Inputs<I>;
  readonly folder: string;
}

interface Ran {
  /** Absolute paths by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

export async function runStage<P extends z.ZodType, I extends Declarations, O extends Declarations>(
  module: StageModule<P, I, O>,
  { params, inputs, folder }: StageRequest<P, I>,
): Promise<Ran> {
  const log: string[] = [];
  const outputs: Record<string, string> = {};
  for (const [name, { kind }] of Object.entries(module.outputs)) {
    const path = join(folder, 'outputs', name);
    await mkdir(kind === 'folder' ? path : dirname(path), { recursive: true });
    outputs[name] = path;
  }
  await module.run({
    ...runContext(log),
    params: module.params.parse(params),
    inputs,
    outputs: outputs as Outputs<O>,
    random: seedRandom(JSON.stringify(params)),
    checkpoint: join(folder, 'checkpoint'),
  });
  return { outputs, log };
}

interface ItemStageRequest<P extends z.ZodType, I extends Declarations> extends StageRequest<P, I> {
  readonly items: InputItems;
  /** All items at once where it is absent. */
  readonly batch?: number;
}

interface RanItems {
  /** Absolute paths of the outputs, by item and name; without the skipped. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly skipped: ReadonlyMap<string, string>;
  readonly log: readonly string[];
}

export async function runItemStage<P extends z.ZodType, I extends Declarations, O extends Declarations, S>(
  module: ItemStageModule<P, I, O, S>,
  request: ItemStageRequest<P, I>,
): Promise<RanItems> {
  const log: string[] = [];
  const outputs = new Map<string, Readonly<Record<string, string>>>();
  const skipped = new Map<string, string>();
  const context = { ...runContext(log), params: module.params.parse(request.params), inputs: request.inputs };
  const state = (await module.load?.(context)) as S;
  const all = request.items.items;
  for (let start = 0; start < all.length; start += request.batch ?? all.length) {
    const items: WorkItem<O>[] = [];
    for (const { id, path } of all.slice(start, start + (request.batch ?? all.length))) {
      const own: Record<string, string> = {};
      for (const name of Object.keys(module.outputs)) own[name] = join(request.folder, 'outputs', name, id);
      for (const output of Object.values(own)) await mkdir(dirname(output), { recursive: true });
      outputs.set(id, own);
      const skip = (reason: string): void => {
        skipped.set(id, reason);
        outputs.delete(id);
      };
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      items.push({ id, path, digest, outputs: own as Outputs<O>, random: seedRandom(id), skip });
    }
    await module.run({ ...context, items, state });
  }
  return { outputs, skipped, log };
}

function runContext(log: string[]) {
  return {
    matrix: {},
    threads: 1,
    progress: () => {},
    log: (line: string) => {
      log.push(line);
    },
    signal: new AbortController().signal,
  };
}
