// Bundles test files with the sources that they reach, once for all of them. tsx would transpile and link every source
// again in each test's process, and once more in each worker that a test's engine starts: half of the tests' time.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Builds every test file at its own path below `folder`, with `.mjs` for `.ts`; what several of them need is shared. */
export async function bundleTests(root, files, folder) {
  await build({
    absWorkingDir: root,
    outbase: root,
    outdir: folder,
    entryPoints: [...files, ...workersBelow(root, 'engine'), ...workersBelow(root, 'test')],
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.12',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'error',
    // A module sees its own address, as when it runs from its source.
    define: { 'import.meta.url': 'ownAddress', 'import.meta.dirname': 'ownFolder' },
    plugins: [addresses(root, folder)],
  });
}

/** Entries of threads and processes of their own, named as engine/cli/bundle.mjs knows them. */
function workersBelow(root, folder) {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => /(^|[\\/-])worker\.ts$/.test(path)).map((path) => join(folder, path));
}

const workerAddress = /new URL\('\.\/((?:[\w-]+-)?worker)\.ts', import\.meta\.url\)/g;

function addresses(root, folder) {
  return {
    name: 'addresses',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const place = dirname(relative(root, path));
        // A test's text may speak of workers of packages that it makes up.
        const isHere = (name) => existsSync(join(root, place, `${name}.ts`));
        const addressOf = (name) => JSON.stringify(pathToFileURL(join(folder, place, `${name}.mjs`)).href);
        let contents = readFileSync(path, 'utf8').replace(workerAddress, (text, name) =>
          isHere(name) ? `new URL(${addressOf(name)})` : text,
        );
        if (contents.includes('import.meta.')) {
          const [own, its] = [pathToFileURL(path).href, dirname(path)].map((text) => JSON.stringify(text));
          // On the first line, so that the others keep their numbers.
          contents = `const ownAddress = ${own}, ownFolder = ${its}; ${contents}`;
        }
        return { contents, loader: 'ts' };
      });
    },
  };
}
