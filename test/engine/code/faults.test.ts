import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moduleText, testProject } from './project.ts';

const library = 'export const value = 1;';

test('faults of a module are told at their place', async (context) => {
  const project = testProject(context, {
    'stages/clean.ts': moduleText(),
    'stages/wide.ts': `const café = 'ü'; const x = ;`,
    'stages/import.ts': moduleText('', "import { value } from '../lib/valeu.ts'; console.log(value);"),
    'stages/package.ts': moduleText('', "import pack from 'absent/deep'; console.log(pack);"),
    'stages/flow.ts': moduleText('', "import pack from 'flow/engine'; console.log(pack);"),
    'stages/url.ts': moduleText('', "import pack from 'https://example.org/x.js'; console.log(pack);"),
    'stages/computed.ts': moduleText('return import(inputs.text).then(String);'),
    'stages/required.ts': moduleText('', 'const load = (name: string) => require(name); console.log(load);'),
    'stages/unused.ts': moduleText('', "import { value } from '../lib/both.ts'; console.log(value);"),
    'lib/value.ts': library,
    'lib/both.ts': `${library} export const load = (name: string) => import(name);`,
  });
  const told = async (module: string) => (await project.diagnostics(module)).join('\n');
  assert.equal(
    await told('stages/clena.ts'),
    "module-missing -:-:- The module 'stages/clena.ts' is not there. | did you mean 'stages/clean.ts'?",
  );
  assert.match(await told('nothing/alike.ts'), /^module-missing .* \| paths are relative to the pipeline file$/);
  assert.equal(await told('lib'), "module-missing -:-:- 'lib' is a folder, not a module. | name the file in it");
  assert.match(await told(import.meta.dirname), /^module-missing -:-:- '\/.*' is a folder, not a module/);
  assert.equal(await told('stages/wide.ts'), 'module-syntax stages/wide.ts:1:29 Unexpected ";"');
  assert.equal(
    await told('stages/import.ts'),
    "import-missing stages/import.ts:1:23 The imported file '../lib/valeu.ts' is not there. | did you mean '../lib/value.ts'?",
  );
  assert.equal(
    await told('stages/package.ts'),
    "import-refused stages/package.ts:1:18 The package 'absent' is not installed. | Install it in the project: npm install absent",
  );
  assert.match(await told('stages/flow.ts'), /^import-refused .*'flow\/engine' is not open to stages/);
  assert.match(await told('stages/url.ts'), /^import-refused .*cannot be followed/);
  assert.match(await told('stages/computed.ts'), /^import-not-followed stages\/computed\.ts:8:\d+ This import cannot/);
  assert.match(await told('stages/required.ts'), /^import-not-followed stages\/required\.ts:1:/);
  assert.ok(await project.load('stages/unused.ts'), 'a computed import that no stage can reach is no fault');
});

test('every fault of a file is told at once', async (context) => {
  const project = testProject(context, {
    's.ts': moduleText('', "import a from './a.ts';\nimport b from './b.ts'; console.log(a, b);"),
  });
  const told = await project.diagnostics('s.ts');
  assert.deepEqual(
    told.map((line) => line.split(' ', 2).join(' ')),
    ['import-missing s.ts:1:15', 'import-missing s.ts:2:15'],
  );
});

test('a module that is no stage, or fails when it is loaded, is told', async (context) => {
  const project = testProject(context, {
    'plain.ts': 'export default 1;',
    'nothing.ts': 'export const x = 1;',
    'throws.ts': moduleText('', "throw new Error('no such camera');"),
    'schema.ts': moduleText().replace('z.object({ times: z.number().default(1) })', '{} as z.ZodType'),
    'outputs.ts': moduleText().replace('outputs: { out: file }', "outputs: { out: 'file' as never }"),
    'list.ts': moduleText().replace('z.number().default(1)', 'z.array(z.string().meta({ file: true }))'),
  });
  const told = async (module: string) => (await project.diagnostics(module)).join('\n');
  assert.match(await told('plain.ts'), /^not-a-stage plain\.ts:1:1 The module has no default export made by stage/);
  assert.match(await told('nothing.ts'), /^not-a-stage nothing\.ts:1:1/);
  assert.match(await told('throws.ts'), /^module-throws throws\.ts:1:1 .*: no such camera/);
  assert.match(await told('schema.ts'), /^not-a-stage .*no schema of zod 4/);
  assert.match(await told('outputs.ts'), /^not-a-stage .*`outputs\.out` is none of/);
  assert.match(await told('list.ts'), /^not-a-stage .*'times\.\*' names files inside a list/);
});
