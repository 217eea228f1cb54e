import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a tool of the project as a developer would, and passes its words on where it finds something. */
async function check(tool: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [`node_modules/${tool}`, ...args], { cwd: root });
  let words = '';
  child.stdout.on('data', (chunk) => (words += chunk));
  child.stderr.on('data', (chunk) => (words += chunk));
  const code = await new Promise((resolve) => child.on('exit', resolve));
  if (code !== 0) assert.fail(`${tool} ${args.join(' ')} found:\n${words}`);
}

test('format and lint', () => check('@biomejs/biome/bin/biome', ['check', '--colors=off', '--error-on-warnings', '.']));

test('types', () => check('typescript/bin/tsc', ['--noEmit', '--pretty', 'false']));

test('types of the page', () => check('typescript/bin/tsc', ['--noEmit', '--pretty', 'false', '-p', 'ui/page']));

test('rooms: imports go in the allowed directions alone', () =>
  check('dependency-cruiser/bin/dependency-cruise.mjs', [
    ...['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', '--no-progress'],
    ...['engine', 'stages', 'vision', 'ui'],
  ]));
