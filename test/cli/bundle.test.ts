import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

// The real bin and bundler in a package whose sources are small, so that each case is a matter of milliseconds.
const root = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const main = `
import { Worker } from 'node:worker_threads';
export async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'thread') {
    const thread = new Worker(new URL('./echo-worker.ts', import.meta.url));
    console.log(await new Promise((resolve) => thread.once('message', resolve)));
  } else if (argv[0] === 'lazy') {
    console.log((await import('./lazy.ts')).word);
  } else if (argv[0] === 'library') {
    const { version } = await import('esbuild');
    console.log(typeof version, typeof (await import(argv[1])).join, 'Promise.resolve().then(() => require(')
  } else {
    console.log('one', import.meta.url.endsWith('/engine/cli/main.ts'), process.env.FLOW_BUILD?.length);
  }
  return argv.length;
}
`;
const worker = `
import { parentPort } from 'node:worker_threads';
const word: string = await Promise.resolve('from a thread');
parentPort?.postMessage(word);
`;

function createPackage() {
  const folder = mkdtempSync(join(tmpdir(), 'flow-bundle-'));
  folders.push(folder);
  mkdirSync(join(folder, 'engine/cli'), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['esbuild', '@esbuild']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  for (const name of ['flow.mjs', 'bundle.mjs']) {
    copyFileSync(join(root, 'engine/cli', name), join(folder, 'engine/cli', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const write = (name: string, text: string) => writeFileSync(join(folder, 'engine/cli', name), text);
  write('main.ts', main);
  write('echo-worker.ts', worker);
  write('lazy.ts', "console.log('loaded late');\nexport const word = 'lazy';\n");
  const bin = join(folder, 'engine/cli/flow.mjs');
  return {
    write,
    bin,
    run: (...words: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { encoding: 'utf8' });
      return { status, stdout, stderr };
    },
    /** Bundles that were published so far. */
    builds: () => {
      const cache = join(folder, 'node_modules/.cache/flow');
      return readdirSync(cache, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    },
    read: (name: string) => readFileSync(join(folder, 'node_modules/.cache/flow', name), 'utf8'),
  };
}

/** A file that is as young as the build itself may still be under someone's pen, and is built again. */
const settle = () => wait(20);

test('the sources are bundled at first use and again when one of them changes', async () => {
  const { run, write, builds, read } = createPackage();
  await settle();
  assert.deepEqual(run(), { status: 0, stdout: 'one true 16\n', stderr: '' });
  const current = read('current.json');
  assert.equal(run('a', 'b').status, 2);
  assert.equal(read('current.json'), current);
  assert.equal(builds().length, 1);

  await settle();
  write('main.ts', main.replace("'one'", "'two'"));
  await settle();
  assert.equal(run().stdout, 'two true 16\n');
  assert.equal(builds().length, 2);

  await settle();
  write('main.ts', main);
  await settle();
  assert.equal(run().stdout, 'one true 16\n');
  assert.equal(builds().length, 2, 'the same sources have the same bundle');
});

test('a worker is a module of its own beside the bundle, and may wait at its top', () => {
  const { run } = createPackage();
  assert.deepEqual(run('thread'), { status: 1, stdout: 'from a thread\n', stderr: '' });
});

test('what is imported late is loaded late', () => {
  const { run } = createPackage();
  assert.equal(run('lazy').stdout, 'loaded late\nlazy\n');
  assert.equal(run().stdout, 'one true 16\n');
});

test('libraries are imported where they are used, from compiled code that another process kept, too', () => {
  const { run } = createPackage();
  const answer = { status: 2, stdout: 'string function Promise.resolve().then(() => require(\n', stderr: '' };
  assert.deepEqual(run('library', 'node:path'), answer);
  assert.deepEqual(run('library', 'node:path'), answer);
});

test('compiled code is kept for the next start', async () => {
  const { run, builds, read } = createPackage();
  run();
  const [folder] = builds();
  assert.ok(read(`${folder}/main.${process.version}.v8cache`).length > 0);
  assert.equal(run().stdout, 'one true 16\n');
});

test('two first starts at once both work', async () => {
  const { bin, builds } = createPackage();
  const start = () =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [bin]);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
      });
      child.on('close', (code) => resolve(`${code} ${text}`));
    });
  assert.deepEqual(await Promise.all([start(), start(), start()]), Array(3).fill('0 one true 16\n'));
  assert.equal(builds().length, 1);
});

test('sources that cannot be bundled are named', () => {
  const { run, write } = createPackage();
  write('main.ts', 'export const = 1;\n');
  const { status, stderr } = run();
  assert.equal(status, 1);
  assert.match(stderr, /^flow could not bundle its own sources .*\n.*\nengine\/cli\/main\.ts:1:13: ERROR/);
});
