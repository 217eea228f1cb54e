// Bundles flow's sources for flow.mjs. Loaded only where no bundle of the present sources exists.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Libraries with native or WebAssembly parts, or that are larger than flow itself; they are loaded where they are used. */
const external = [
  'esbuild',
  'libsql',
  'sharp',
  'zod',
  'execa',
  '@tensorflow/*',
  'typescript',
  '@libsql/*',
  '@neon-rs/*',
];

const week = 7 * 24 * 3600 * 1000;

/**
 * Builds and publishes the bundle; two processes may do so at once, since the folder's name follows from its
 * contents and both are put in place by a rename.
 */
export async function buildBundle(packageFolder) {
  const { build } = await import('esbuild');
  // Looked at before the build: a source that changes meanwhile makes the next start build again.
  const statOf = (path) => {
    const { size, mtimeMs } = statSync(join(packageFolder, path));
    return [path, size, mtimeMs];
  };
  const before = Date.now();
  const result = await build({
    absWorkingDir: packageFolder,
    entryPoints: {
      main: 'engine/cli/main.ts',
      ...(existsSync(join(packageFolder, 'engine/exec/worker.ts')) ? { worker: 'engine/exec/worker.ts' } : {}),
    },
    outdir: 'bundle',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    write: false,
    metafile: true,
    // CommonJS, since V8's cache of compiled code can be kept for a script but not, in Node 20, for a module;
    // and since what a lazily imported file requires is then required lazily as well.
    format: 'cjs',
    platform: 'node',
    target: 'node20.12',
    external,
    // Read as Latin-1, which is faster than decoding UTF-8 and takes half of the memory of two-byte strings.
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [ownUrls()],
  });
  const inputs = Object.keys(result.metafile.inputs).filter((path) => existsSync(join(packageFolder, path)));
  const watched = new Set(['package.json', 'engine/cli/bundle.mjs', ...inputs.map((path) => watchedFile(path))]);
  const stats = [...watched].map(statOf);
  const unsettled = stats.some(([, , changedAt]) => changedAt >= before);

  const digest = createHash('sha256');
  for (const file of result.outputFiles) digest.update(file.contents);
  const cacheFolder = writableFolder(packageFolder);
  const folder = join(cacheFolder, digest.digest('hex').slice(0, 16));
  publish(folder, result.outputFiles);
  if (!unsettled) replaceFile(join(cacheFolder, 'current.json'), JSON.stringify({ folder, inputs: stats }));
  sweep(cacheFolder, folder);
  return { folder, code: readFileSync(join(folder, 'main.cjs'), 'latin1') };
}

/** A package is watched by its package.json: its files only change together with it. */
function watchedFile(path) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path.split(sep).join('/'));
  return match ? `${match[1]}/package.json` : path;
}

/** A module in the bundle still sees its own address, as it does when it is run from its source. */
function ownUrls() {
  return {
    name: 'own-urls',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]engine[\\/].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
        return { contents, loader: 'ts' };
      });
    },
  };
}

function writableFolder(packageFolder) {
  const usual = join(packageFolder, 'node_modules/.cache/flow');
  try {
    mkdirSync(usual, { recursive: true });
    writeFileSync(join(usual, `.${process.pid}`), '');
    rmSync(join(usual, `.${process.pid}`));
    return usual;
  } catch {
    // A package that somebody else owns: bundled at each start, which still works.
    const own = join(tmpdir(), `flow-${process.getuid?.() ?? 'user'}`);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    return own;
  }
}

function publish(folder, outputFiles) {
  if (existsSync(folder)) return;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  for (const file of outputFiles) writeFileSync(join(draft, relative(join(file.path, '..'), file.path)), file.contents);
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
