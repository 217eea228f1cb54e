/** The engine as people run it: the command's own bundle, whose workers node starts in a moment, in this process. */
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import type { main } from '../../engine/cli/main.ts';
import { createTestConsole } from '../cli/test-console.ts';

export const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  readonly code: number;
  /** What it printed, a JSON value a line. */
  readonly lines: readonly string[];
  readonly complaint: string;
}

/** Runs one command in a folder; `onLine` is told how many lines there are so far. */
export type Flow = (
  root: string,
  words: readonly string[],
  watch?: { readonly signal: AbortSignal; readonly onLine: (count: number) => void },
) => Promise<Ended>;

let loaded: Promise<Flow> | undefined;

export function loadFlow(): Promise<Flow> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Flow> {
  // No declaration: it is a script of its own that flow.mjs loads where no bundle of the present sources is there.
  const { buildBundle } = (await import(join(packageFolder, 'engine/cli/bundle.mjs'))) as {
    buildBundle: (folder: string) => Promise<{ folder: string; code: string }>;
  };
  const { folder, code } = await buildBundle(packageFolder);
  const filename = join(folder, 'main.cjs');
  const parameters = 'exports, require, module, __filename, __dirname, flowBuild, flowCompiled, flowImport';
  const script = new vm.Script(`(function (${parameters}) {${code}\n})`, { filename });
  const module = { exports: {} as { main: typeof main } };
  const importIt = (specifier: string) => import(specifier);
  const require = createRequire(filename);
  const given = [module.exports, require, module, filename, dirname(filename), basename(folder), undefined, importIt];
  script.runInThisContext()(...given);
  return async (root, words, { signal = new AbortController().signal, onLine = () => {} } = {} as never) => {
    let count = 0;
    const onWrite = (text: string) => {
      count += text.split('\n').length - 1;
      onLine(count);
    };
    const console = createTestConsole({ cwd: root, onWrite });
    const listenForInterrupts = () => ({ signal, onFirst: () => {}, onSecond: () => {} });
    const surroundings = { console: { ...console, now: Date.now, environment: process.env }, listenForInterrupts };
    const code = await module.exports.main([...words, '--json'], surroundings);
    const { out, err } = console.written();
    return { code, lines: out.split('\n').filter(Boolean), complaint: err };
  };
}
