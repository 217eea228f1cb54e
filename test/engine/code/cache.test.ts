import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, statSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { engineFolder, moduleText, type TestProject, testProject } from './project.ts';

const user = moduleText('console.log(value);', "import { value } from './value.ts';");

/** A project whose files are old enough to be trusted by their stats, loaded once. */
async function settledProject(context: TestContext, files: Readonly<Record<string, string>> = {}) {
  const project = testProject(context, { 's.ts': user, 'value.ts': 'export const value = 1;', ...files });
  await sleep(60);
  return { project, code: await project.load('s.ts') };
}

/** Loads in a process of its own, which tells whether esbuild was started and which bundles were imported. */
async function loadApart(project: TestProject): Promise<{ digest: string; esbuild: boolean; bundles: number }> {
  const text = `
    import { subscribe } from 'node:diagnostics_channel';
    import { createCode } from ${JSON.stringify(join(engineFolder, 'engine/code/code.ts'))};
    const code = createCode({
      root: ${JSON.stringify(project.root)}, folder: ${JSON.stringify(join(project.root, '.flow/code'))},
      engineFolder: ${JSON.stringify(engineFolder)}, contract: 1, environment: () => undefined,
    });
    let esbuild = false;
    subscribe('child_process', () => { esbuild = true; });
    const loaded = (await code.load(['s.ts'])).get('s.ts');
    if (loaded.ok) await code.check(loaded.code, {});
    await code.save();
    console.log(JSON.stringify({ digest: loaded.code.digest, esbuild, bundles: globalThis.imports ?? 0 }));
    process.exit();
  `;
  const flags = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', text];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return JSON.parse(stdout);
}

test('an unchanged module starts no esbuild and imports no bundle', async (context) => {
  const counting = user.replace(
    'export default',
    'globalThis.imports = (globalThis.imports ?? 0) + 1;\nexport default',
  );
  const { project, code } = await settledProject(context, { 's.ts': counting });
  assert.deepEqual(await loadApart(project), { digest: code.digest, esbuild: false, bundles: 1 });
  assert.deepEqual(await loadApart(project), { digest: code.digest, esbuild: false, bundles: 0 });
  utimesSync(join(project.root, 'value.ts'), 1, 1);
  assert.deepEqual(await loadApart(project), { digest: code.digest, esbuild: true, bundles: 0 });
});

test('an edit with the same size and modification time is seen', async (context) => {
  const { project, code } = await settledProject(context);
  const path = join(project.root, 'value.ts');
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'export const value = 2;');
  utimesSync(path, atime, mtime);
  assert.notEqual((await project.load('s.ts')).digest, code.digest);
});

test('an edit within the same tick as the one before it is seen', async (context) => {
  const project = testProject(context, { 's.ts': user, 'value.ts': '' });
  const digests = new Set<string>();
  for (let value = 0; value < 5; value++) {
    project.write('value.ts', `export const value = ${value};`);
    digests.add((await project.load('s.ts')).digest);
  }
  assert.equal(digests.size, 5);
});

test('a link that is turned elsewhere is seen', async (context) => {
  const { project } = await settledProject(context, {
    'one.ts': 'export const value = 1;',
    'two.ts': 'export const value = 2;',
  });
  const path = join(project.root, 'value.ts');
  const turn = (target: string) => {
    unlinkSync(path);
    symlinkSync(target, path);
  };
  turn('one.ts');
  const before = await project.load('s.ts');
  turn('two.ts');
  assert.notEqual((await project.load('s.ts')).digest, before.digest);
});

test('a new file that would be imported instead is seen', async (context) => {
  const { project, code } = await settledProject(context, { 's.ts': user.replace('./value.ts', './value') });
  project.write('value/index.ts', 'export const value = 3;');
  assert.equal((await project.load('s.ts')).digest, code.digest, 'a file goes before a folder');
  rmSync(join(project.root, 'value.ts'));
  assert.notEqual((await project.load('s.ts')).digest, code.digest);
});

test('a package that appears nearer is seen', async (context) => {
  const { project, code } = await settledProject(context, {
    's.ts': moduleText("return import('pack').then(String);"),
    'node_modules/pack/package.json': '{ "version": "1.0.0" }',
  });
  assert.equal(
    code.packages.zod,
    JSON.parse(readFileSync(join(engineFolder, 'node_modules/zod/package.json'), 'utf8')).version,
  );
  rmSync(join(project.root, 'node_modules/pack'), { recursive: true });
  assert.equal((await project.load('s.ts')).packages.pack, 'not installed');
});

test('a bundle that is removed or tampered with is made again', async (context) => {
  const { project, code } = await settledProject(context);
  const text = readFileSync(code.bundle, 'utf8');
  writeFileSync(code.bundle, 'export default 1;');
  await project.load('s.ts');
  assert.equal(readFileSync(code.bundle, 'utf8'), text);
  rmSync(join(project.root, '.flow/code'), { recursive: true });
  assert.equal((await project.load('s.ts')).digest, code.digest);
});

test('a damaged cache counts as none', async (context) => {
  const { project, code } = await settledProject(context);
  writeFileSync(join(project.root, '.flow/code/cache.json'), '{"modules": {');
  assert.equal((await project.load('s.ts')).digest, code.digest);
});
