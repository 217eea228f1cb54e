// Runs the tests: `node test/run.mjs` all but the long ones, `--long` those, or the files that are named.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const root = join(folder, '..');
const words = process.argv.slice(2);
const ending = words.includes('--long') ? '.long.ts' : '.test.ts';
const named = words.filter((word) => word !== '--long');
// Listed here, since Node 20 knows no patterns behind --test.
const listed = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith(ending))
  .map((path) => relative(root, join(folder, path)))
  .sort();
const files = named.length > 0 ? named : listed;
if (files.length === 0) {
  console.error(`there is no file test/**/*${ending}`);
  process.exit(1);
}

const child = spawn(
  process.execPath,
  [
    ...['--import', 'tsx', '--test', `--test-concurrency=${availableParallelism()}`],
    ...[`--test-reporter=${join(folder, 'reporter.mjs')}`, '--test-reporter-destination=stdout'],
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
);
// The children share the terminal's Ctrl-C; this process only waits for their end.
process.on('SIGINT', () => {});
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
