#!/usr/bin/env node
// The command `flow`. Its sources are bundled into one file at first use, and again when one of them has changed:
// a second start then costs a look at their stats, and V8's own cache of the compiled code.
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The bundle of the sources as they are now, or undefined where there is none yet. */
function findBundle() {
  try {
    const { inputs, folder } = JSON.parse(
      readFileSync(`${packageFolder}node_modules/.cache/flow/current.json`, 'utf8'),
    );
    for (const [path, size, changedAt] of inputs) {
      const stat = statSync(packageFolder + path, { throwIfNoEntry: false });
      if (stat?.size !== size || stat.mtimeMs !== changedAt) return undefined;
    }
    return { folder, code: readFileSync(`${folder}/main.cjs`, 'latin1') };
  } catch {
    return undefined;
  }
}

async function makeBundle() {
  try {
    const { buildBundle } = await import('./bundle.mjs');
    return await buildBundle(packageFolder);
  } catch (error) {
    console.error(`flow could not bundle its own sources in ${packageFolder}engine (after a fresh checkout: npm ci)`);
    console.error(error.message);
    process.exit(1);
  }
}

const { folder, code } = findBundle() ?? (await makeBundle());
const filename = `${folder}/main.cjs`;
// V8 refuses the cache of another version by itself; the name only keeps two versions from replacing each other's.
const cacheFile = `${folder}/main.${process.version}.v8cache`;
let cachedData;
try {
  cachedData = readFileSync(cacheFile);
} catch {}
const parameters = 'exports, require, module, __filename, __dirname, flowBuild, flowCompiled, flowImport';
const script = new vm.Script(`(function (${parameters}) {${code}\n})`, { filename, cachedData });
const module = { exports: {} };
// A script that comes from V8's cache cannot import by itself in Node 20, so this module does it.
const load = (specifier) => import(specifier);
const compiled = cachedData !== undefined && !script.cachedDataRejected ? 'kept' : undefined;
const given = [module.exports, createRequire(filename), module, filename, folder, basename(folder), compiled, load];
script.runInThisContext()(...given);

// `--version` and the like would keep next to nothing, and leave every later run to compile the rest.
if (compiled === undefined && !process.argv[2]?.startsWith('-')) {
  // Written at the end, when the functions that a command needs are compiled and come into the cache, too.
  process.once('exit', () => {
    try {
      writeFileSync(`${cacheFile}.${process.pid}`, script.createCachedData());
      renameSync(`${cacheFile}.${process.pid}`, cacheFile);
    } catch {
      // A read-only or vanished folder costs a few milliseconds at each start, and nothing else.
    }
  });
}

let isDone = false;
// What a stage's module says while it is planned with can end this process, and 0 would mean that all is done.
// 13 is Node's own code for a process in which nothing is left that could go on.
process.once('exit', (code) => {
  if (isDone || (code !== 0 && code !== 13)) return;
  console.error(
    'flow was ended before the command was done: does a module call process.exit, or wait for what never comes?',
  );
  process.exitCode = 1;
});
process.exitCode = await module.exports.main(process.argv.slice(2));
isDone = true;
