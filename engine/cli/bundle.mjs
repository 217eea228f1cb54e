// Bundles flow's sources for flow.mjs. Loaded only where no bundle of the present sources exists.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Libraries with native parts, and those that are larger than flow itself; they are loaded where they are used. */
const external = ['esbuild', 'libsql', 'sharp', 'zod', '@tensorflow/*'];

const week = 7 * 24 * 3600 * 1000;

/**
 * Builds and publishes the bundle. Two processes may do so at once: the folder's name follows from its contents, and
 * everything is put in place by a rename.
 */
export async function buildBundle(packageFolder) {
  const before = Date.now();
  const { outputFiles, inputs } = await buildAll(packageFolder);
  const digest = createHash('sha256');
  for (const file of outputFiles) digest.update(file.contents);
  const cacheFolder = writableFolder(packageFolder);
  const folder = join(cacheFolder, digest.digest('hex').slice(0, 16));
  publish(folder, outputFiles);

  const watched = [...new Set(['package.json', 'engine/cli/bundle.mjs', ...inputs.map(watchedFile)])];
  const stats = watched.map((path) => {
    const { size, mtimeMs } = statSync(join(packageFolder, path));
    return [path, size, mtimeMs];
  });
  // A source that changed while it was built is built again at the next start.
  const isSettled = stats.every(([, , changedAt]) => changedAt < before);
  if (isSettled) replaceFile(join(cacheFolder, 'current.json'), JSON.stringify({ folder, inputs: stats }));
  sweep(cacheFolder, folder);
  return { folder, code: readFileSync(join(folder, 'main.cjs'), 'latin1') };
}

async function buildAll(packageFolder) {
  const common = {
    absWorkingDir: packageFolder,
    outdir: 'bundle',
    entryNames: '[name]',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node20.12',
    external,
    // flow.mjs reads Latin-1, which is faster than decoding UTF-8 and takes half of the memory of two-byte strings.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
  };
  const results = await Promise.all([
    // CommonJS, since V8's cache of compiled code can be kept for a script but, in Node 20, not for a module; and
    // since what a lazily imported file requires is then required lazily as well.
    build({
      ...common,
      entryPoints: ['engine/cli/main.ts'],
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      // See withImportsHandedOver.
      supported: { 'dynamic-import': false },
      banner: { js: 'const asItIs = (namespace) => namespace;' },
      // What flow.mjs hands over: the name of this bundle's sources, for caches that rest on them; whether their compiled
      // code is kept already.
      define: { 'process.env.FLOW_BUILD': 'flowBuild', 'process.env.FLOW_COMPILED': 'flowCompiled' },
      plugins: [addresses("require('node:url').pathToFileURL(__filename)")],
    }),
    build({
      ...common,
      entryPoints: workersBelow(packageFolder, 'engine'),
      format: 'esm',
      outExtension: { '.js': '.mjs' },
      // For CommonJS libraries inside the bundle.
      banner: {
        js: "import { createRequire as toRequire } from 'node:module';\nconst require = toRequire(import.meta.url);",
      },
      plugins: [addresses('import.meta.url')],
    }),
  ]);
  const [main, workers] = results;
  return {
    outputFiles: [...main.outputFiles.map(withImportsHandedOver), ...workers.outputFiles],
    inputs: results.flatMap((result) => Object.keys(result.metafile.inputs)).filter((path) => !path.startsWith('(')),
  };
}

/**
 * A script that comes from V8's cache cannot import in another process than the one that compiled it, so flow.mjs lends
 * its own import. esbuild marks the places: what it writes for an import where there is none is found nowhere else.
 */
function withImportsHandedOver(file) {
  const text = file.text.replaceAll(
    'Promise.resolve().then(() => __toESM(require(',
    'Promise.resolve().then(() => asItIs(flowImport(',
  );
  return { ...file, contents: Buffer.from(text, 'latin1') };
}

/** Entries of threads and processes of their own: files named `worker.ts` or `…-worker.ts`. */
function workersBelow(packageFolder, folder) {
  return readdirSync(join(packageFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/-])worker\.ts$/.test(path))
    .map((path) => join(folder, path));
}

const workerAddress = /new URL\('\.\/((?:[\w-]+-)?worker)\.ts', import\.meta\.url\)/g;

/** A module in a bundle still sees its own address, as when it runs from its source; a worker lies beside the bundle. */
function addresses(bundleAddress) {
  return {
    name: 'addresses',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/](engine|ui)[\\/].*\.ts$/ }, ({ path }) => {
        const parts = readFileSync(path, 'utf8').split(workerAddress);
        const own = JSON.stringify(pathToFileURL(path).href);
        const contents = parts
          // Split at a pattern with a group, every second part is the group: a worker's name.
          .map((part, index) =>
            index % 2 === 1 ? `new URL('./${part}.mjs', ${bundleAddress})` : part.replaceAll('import.meta.url', own),
          )
          .join('');
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** A package is watched by its package.json: its files change only together with it. */
function watchedFile(path) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
  return match ? `${match[1]}/package.json` : path;
}

function writableFolder(packageFolder) {
  const usual = join(packageFolder, 'node_modules/.cache/flow');
  try {
    mkdirSync(usual, { recursive: true });
    const probe = join(usual, `probe.${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
    return usual;
  } catch {
    // A package that somebody else owns is bundled at each start, which is slow but works.
    const own = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'flow/bundle');
    mkdirSync(own, { recursive: true });
    return own;
  }
}

function publish(folder, outputFiles) {
  if (existsSync(folder)) return;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const file of outputFiles) writeFileSync(join(draft, basename(file.path)), file.contents);
  try {
    renameSync(draft, folder);
  } catch (error) {
    // Another process was first, with the same contents.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}

function replaceFile(path, text) {
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

/** Bundles of former sources; a run that still goes on may need its worker's file for days. */
function sweep(cacheFolder, current) {
  for (const name of readdirSync(cacheFolder)) {
    const path = join(cacheFolder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (path !== current && stat?.isDirectory() && Date.now() - stat.mtimeMs > week) {
      rmSync(path, { recursive: true, force: true });
    }
  }
}
