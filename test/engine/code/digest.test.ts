import assert from 'node:assert/strict';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { engineFolder, moduleText, testProject } from './project.ts';

const library = `
export type Size = { readonly width: number };
/** Twice. */
export function double(value: number): number {
  const result = value * 2;
  return result;
}
export function unused(text: string): string[] {
  return text.split('zzz').concat(['qqqqqqqq']);
}
`;

const user = moduleText('console.log(double(params.times));', "import { double } from '../lib/double.ts';");

/** Each edit of the library or of the module that must change nothing, then those that must. */
const edits: readonly { name: string; same: boolean; before?: string; library?: string; module?: string }[] = [
  { name: 'a comment', same: true, library: library.replace('Twice', 'Two times, zealously') },
  { name: 'another formatting', same: true, library: library.replaceAll('\n  ', ' ').replaceAll("'", '"') },
  {
    name: 'what a formatter does to quotes and braces',
    same: true,
    library: library.replace('return result;', "if (result > 1) { return ({ 'a': result })['a'] }\n return (result)"),
    before: library.replace('return result;', 'if (result > 1) return { a: result }.a;\n return result;'),
  },
  { name: 'the name of a local', same: true, library: library.replaceAll('result', 'twofold') },
  {
    name: 'the name of an exported function',
    same: true,
    library: library.replaceAll('double', 'zap'),
    module: user.replace('{ double }', '{ zap as double }'),
  },
  { name: 'a type', same: true, library: library.replace('readonly width: number', 'jjjjjjjj: kkkkkkkk.xxxxxxx') },
  {
    name: 'an unused export',
    same: true,
    library: library.replace('qqqqqqqq', 'vvvvvvvv').replace('.split', '.padEnd(4).split'),
  },
  { name: 'a constant', same: false, library: library.replace('* 2', '* 3') },
  { name: 'a text', same: false, module: user.replace('params.times', "params.times, 'x'") },
];

for (const edit of edits) {
  test(`${edit.name} ${edit.same ? 'keeps' : 'changes'} the digest`, async (context) => {
    const project = testProject(context, { 'stages/s.ts': user, 'lib/double.ts': edit.before ?? library });
    const before = await project.load('stages/s.ts');
    project.write('stages/s.ts', edit.module ?? user);
    project.write('lib/double.ts', edit.library ?? library);
    const after = await project.load('stages/s.ts');
    assert.equal(after.digest === before.digest, edit.same);
    assert.equal(after.bundle === before.bundle, edit.same);
  });
}

test('the folder that the project and the module lie in is no part of the digest', async (context) => {
  const here = testProject(context, { 'stages/s.ts': user, 'lib/double.ts': library });
  const there = testProject(context, {
    'deeper/down/other.ts': user.replace('../lib', '../../lib'),
    'lib/double.ts': library,
  });
  assert.equal((await here.load('stages/s.ts')).digest, (await there.load('deeper/down/other.ts')).digest);
});

test('a package and its version count; what is not installed and imported at run time counts as such', async (context) => {
  const project = testProject(context, {
    's.ts': moduleText("return import('pack').then(String);"),
    'node_modules/pack/package.json': '{ "name": "pack", "version": "1.0.0" }',
  });
  const first = await project.load('s.ts');
  assert.equal(first.packages.pack, '1.0.0');
  project.write('node_modules/pack/package.json', '{ "name": "pack", "version": "1.0.1" }');
  const second = await project.load('s.ts');
  assert.equal(second.packages.pack, '1.0.1');
  assert.notEqual(second.digest, first.digest);
  project.write('s.ts', moduleText("return import('absent').then(String);"));
  assert.equal((await project.load('s.ts')).packages.absent, 'not installed');
});

test('a package linked in from the project counts by its text, not by its version', async (context) => {
  const project = testProject(context, {
    's.ts': moduleText('console.log(shared);', "import { shared } from 'shared';"),
    'shared/package.json': '{ "name": "shared", "version": "1.0.0", "type": "module", "exports": "./index.ts" }',
    'shared/index.ts': 'export const shared = 1;',
  });
  mkdirSync(join(project.root, 'node_modules'));
  symlinkSync('../shared', join(project.root, 'node_modules/shared'));
  const before = await project.load('s.ts');
  project.write('shared/index.ts', 'export const shared = 2;');
  assert.notEqual((await project.load('s.ts')).digest, before.digest);
});

test("the engine's contract counts as its version alone, however it is imported", async (context) => {
  const project = testProject(context, {
    's.ts': moduleText(),
    't.ts': moduleText().replace('flow/stage', './checkout/engine/stage.ts'),
    'checkout/package.json': '{ "name": "flow" }',
  });
  cpSync(join(engineFolder, 'engine/stage.ts'), join(project.root, 'checkout/engine/stage.ts'));
  const code = await project.load('t.ts');
  assert.equal(code.digest, (await project.load('s.ts')).digest);
  assert.deepEqual(Object.keys(code.files), ['t.ts']);
});

test('files have digests of their own, of what survives of them', async (context) => {
  const project = testProject(context, { 'stages/s.ts': user, 'lib/double.ts': library });
  const before = await project.load('stages/s.ts');
  assert.deepEqual(Object.keys(before.files), ['lib/double.ts', 'stages/s.ts']);
  project.write('lib/double.ts', library.replace('* 2', '* 3 /* more */').replace('qqqqqqqq', 'other'));
  const after = await project.load('stages/s.ts');
  assert.notEqual(after.files['lib/double.ts'], before.files['lib/double.ts']);
  assert.equal(after.files['stages/s.ts'], before.files['stages/s.ts']);
});

test('a tsconfig.json in the project shapes nothing', async (context) => {
  const text = moduleText('class A { x; } console.log(new A());');
  const project = testProject(context, { 's.ts': text });
  const before = await project.load('s.ts');
  project.write('tsconfig.json', '{ "compilerOptions": { "useDefineForClassFields": false, "target": "ES5" } }');
  project.write('s.ts', `${text}\n// touched`);
  assert.equal((await project.load('s.ts')).digest, before.digest);
});
