// Runs the tests: `node test/run.mjs` all but the long ones, `--long` those, or those of the files and folders named.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleTests } from './bundle.mjs';
import { report } from './reporter.mjs';

// Begun first, so that all cores have work until the end; an order alone, which no result may depend on. The first of
// them builds TensorFlow's binding where there is none yet, beside others that do not wait for it.
const slow = [
  ...[
    'stages/train',
    'cli/kills',
    'checks',
    'random/graphs',
    'traces/standing-items',
    'cli/at-once',
    'cli/permissions',
  ],
  ...['traces/standstill', 'stages/proposals', 'stages/near-duplicates', 'schemas/answers', 'ui/page', 'ui/access'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const words = process.argv.slice(2);
const ending = words.includes('--long') ? '.long.ts' : '.test.ts';
const named = words.filter((word) => word !== '--long').map((path) => relative(root, resolve(path)));
const rank = (path) => {
  const place = slow.findIndex((name) => path === join('test', name + ending));
  return place < 0 ? slow.length : place;
};
const listed = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith(ending))
  .map((path) => join('test', path))
  .sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
const files = named.length > 0 ? named.flatMap(filesAt) : listed;

// Inside the package, where libraries are found; of this process alone, since another may run other tests beside it.
const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'tests-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGINT', () => process.exit(130));
await bundleTests(root, files, folder);

// Handed on to every test's process: a failure tells its place in the source.
process.execArgv.push('--enable-source-maps');
run({
  files: files.map((path) => join(folder, path.replace(/\.ts$/, '.mjs'))),
  concurrency: availableParallelism(),
})
  .on('test:fail', () => {
    process.exitCode = 1;
  })
  .compose(report(sourceOf))
  .pipe(process.stdout);

/** A file is itself, whether it is a long one or not. */
function filesAt(name) {
  const found = name.endsWith('.ts') ? [name] : listed.filter((path) => path.startsWith(`${name}/`));
  if (found.length > 0 && existsSync(join(root, name))) return found;
  console.error(`${name} is no test file, nor a folder with any that end in ${ending}`);
  process.exit(2);
}

/** Node tells a test's place by the source map, and a whole file's by the bundle. */
function sourceOf(path) {
  return path.startsWith(folder) ? relative(folder, path).replace(/\.mjs$/, '.ts') : relative(root, path);
}
